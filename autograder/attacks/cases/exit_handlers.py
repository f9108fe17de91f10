# tries: leaves functions for the end of the process that print full marks and write to the gradebook
# in: E1
# honest: 0
import atexit
import signal
import sqlite3
import sys


def at_the_end(*_):
    print("got through: ran at the end")
    database = sqlite3.connect("{{out}}/gradebook.db")
    database.execute("UPDATE grade SET manual_score = 40")
    database.commit()


atexit.register(at_the_end)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXCPU):
    signal.signal(number, at_the_end)
sys.exit()
