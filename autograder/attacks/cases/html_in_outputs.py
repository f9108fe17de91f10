# tries: HTML, JavaScript, SVG and frames in outputs, for who looks at them in formgrader or on the feedback page
# in: E1
# honest: 0
from IPython.display import HTML, SVG, Javascript, Markdown, display

evil = "<script>window.attacked = 1</script><img src=x onerror='window.attacked = 1'>"
display(HTML(evil + "<iframe srcdoc='<script>parent.attacked = 1</script>'></iframe><form action='https://evil.example'>"))
display(Javascript("window.attacked = 1"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='window.attacked = 1'><script>window.attacked = 1</script></svg>"))
display(Markdown(evil + "[click](javascript:window.attacked=1)"))
display({"application/javascript": "window.attacked = 1", "text/html": evil, "text/latex": "$" + evil + "$",
         "application/vnd.jupyter.widget-view+json": "{}", "image/svg+xml": "<svg onload='window.attacked = 1'/>",
         "text/plain": evil}, raw=True)
display({"image/png": "' onerror='window.attacked = 1' x='", "image/jpeg": "\"><script>window.attacked = 1</script>"}, raw=True)
print(evil)
raise RuntimeError(evil)
