# tries: a student whose name is a formula that a spreadsheet would run
# in: E1
# honest: 0
# student: =cmd|' C calc'!A0
raise RuntimeError("=HYPERLINK(\"https://evil.example\")")
