# tries: reads, writes and maps every file descriptor that it has inherited from the grader
# in: E1
# honest: 0
# expects: protocol | has ended | not of the agreed form | too large | longer than | ended its own
import os
import stat

for fd in range(3, 1000):
    try:
        kind = os.fstat(fd).st_mode
        where = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        continue
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):
        if where.endswith(("gradebook.db", ".json", ".ipynb")) or stat.S_ISDIR(kind):
            print("got through: has", where, "open")
for fd in range(3, 1000):
    try:
        os.set_blocking(fd, False)
        os.write(fd, b'{"outputs": [], "value": true}' * 10)
        os.read(fd, 10**6)
    except OSError:
        pass
