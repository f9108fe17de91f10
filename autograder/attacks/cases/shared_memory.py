# tries: leaves messages for other submissions in shared memory, POSIX and System V, and reads theirs
# in: E1
# honest: 0
import ctypes
import os
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
KEY = int("{{key}}")
try:
    kept = shared_memory.SharedMemory("attack-left-shared", create=True, size=1000)
    kept.buf[:5] = b"hello"
except OSError:
    pass
for name, call in (("segment", lambda: libc.shmget(KEY, 4096, 0o1666)),
                   ("queue", lambda: libc.msgget(KEY, 0o1666)),
                   ("semaphore", lambda: libc.semget(KEY, 1, 0o1666))):
    if call() >= 0:
        print("got through: a System V", name)
for place in ("/dev/shm", "/dev/mqueue"):
    try:
        others = [name for name in os.listdir(place) if "canary" in name]
        if others:
            print("got through: sees", others)
    except OSError:
        pass
