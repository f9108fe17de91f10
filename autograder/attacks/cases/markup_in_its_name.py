# tries: a student whose name is markup
# in: E1
# honest: 0
# student: <img src=x onerror=alert(1)>'"&lt;script>
raise RuntimeError("the name is the attack")
