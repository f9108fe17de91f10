# tries: keeps under each process's memory limit, and fills the memory with many processes
# in: E1
# honest: 0
# stock: no (it could fill the machine's memory)
import os
import time

for _ in range(10):
    try:
        if os.fork() == 0:
            held = bytearray(b"x") * 400_000_000
            time.sleep(1000)
    except OSError:
        break
time.sleep(2)
held = 0
for name in os.listdir("/proc"):
    try:
        held += int(open(f"/proc/{name}/statm").read().split()[1]) * 4096
    except (OSError, ValueError):
        pass
if held > 3_500_000_000:
    print("got through: its processes hold", held // 10**6, "MB")
