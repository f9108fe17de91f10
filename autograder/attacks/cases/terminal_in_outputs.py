# tries: escape sequences, bells, carriage returns and characters that turn a line around, for the terminal's progress
# in: E1
# honest: 0
evil = "\x1b[2J\x1b[1;1H\x1b]0;owned\x07\x9b31m \u202e\u2067 40 of 40 points \r\b\b\x00"
print(evil)
raise type("\x1b[31mError\u202e", (Exception,), {})(evil)
