# tries: ends the process at once, with the status of success
# in: E1
# honest: 0
# expects: ended
import os

os._exit(0)
