# tries: exceptions whose type, text and line steer a terminal, break a table or run in a browser
# in: own cell
# honest: 0
from autograder.probe import agent

text = "<script>alert(1)</script>`</code><img src=x onerror=alert(1)>` \x1b[2J\x1b]0;owned\x07 \u202eevil\u2066 \r\n\x00 =1+1"
agent.describe = lambda error: {"kind": "<b onclick=alert(1)>Error</b>", "text": text, "line": text}
# -- in: E1
class Evil(Exception):
    pass


Evil.__name__ = "<svg onload=alert(1)>"
raise Evil("<script>alert(1)</script> \x1b[31m\x1b[2J \u202egnorw")
