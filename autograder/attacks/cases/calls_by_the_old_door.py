# tries: makes the system calls that the filter forbids by the 32-bit and x32 entrances
# in: E1
# honest: 0
# stock: no (it may crash what it runs in)
import ctypes
import mmap
import os
import platform


def ends_well(call):
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if call() >= 0 else 99)
        except BaseException:
            os._exit(98)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def int_0x80():
    """socket(AF_INET, SOCK_STREAM, 0) as a 32-bit program would say it."""
    code = bytes.fromhex("53" "b867010000" "bb02000000" "b901000000" "ba00000000" "cd80" "5b" "c3")
    area = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    area.write(code)
    place = ctypes.addressof(ctypes.c_char.from_buffer(area))
    return ctypes.CFUNCTYPE(ctypes.c_int)(place)()


def x32():
    return ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0)


if platform.machine() == "x86_64":
    for call in (int_0x80, x32):
        try:
            if ends_well(call):
                print("got through:", call.__name__)
        except OSError:
            pass
