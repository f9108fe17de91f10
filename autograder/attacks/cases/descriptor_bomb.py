# tries: opens files until no process of the machine can open another
# in: E1
# honest: 0
# stock: no (it may use up the machine's table of open files)
import os

held = []
try:
    for _ in range(10**6):
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
if len(held) == 10**6:
    print("got through: a million open files")
