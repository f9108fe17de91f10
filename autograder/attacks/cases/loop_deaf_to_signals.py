# tries: blocks every signal that can be blocked and sleeps in C code
# in: E1
# honest: 0
# expects: longer than
import ctypes
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
for number in range(1, signal.NSIG):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    ctypes.CDLL(None).sleep(1000)
