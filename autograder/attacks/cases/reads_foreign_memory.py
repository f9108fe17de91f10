# tries: reads and writes the memory of other processes without tracing them
# in: E1
# honest: 0
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


space = ctypes.create_string_buffer(16)
here = Span(ctypes.addressof(space), 16)
there = Span(ctypes.addressof(space), 16)  # forked from one process, they have the same addresses
for pid in {os.getppid(), 1, int("{{pid}}")} - {os.getpid()}:
    for call in (libc.process_vm_readv, libc.process_vm_writev):
        if call(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
            print("got through:", call.__name__, pid)
    try:
        with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
            memory.seek(here.base)
            print("got through: the memory of", pid, memory.read(4))
    except OSError:
        pass
