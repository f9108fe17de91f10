# tries: becomes root in namespaces of its own, to mount and to look at the machine from there
# in: E1
# honest: 0
# stock: no (it may mount over the machine's folders)
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
flags = {"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "net": 0x40000000,
         "ipc": 0x8000000, "uts": 0x4000000, "cgroup": 0x2000000}
for name, flag in flags.items():
    if libc.unshare(flag) == 0:
        print("got through: a new namespace,", name)
    if libc.unshare(flags["user"] | flag) == 0:
        print("got through: a new user namespace with", name)
for name in ("mnt", "pid", "net", "user"):
    for pid in (1, os.getppid(), int("{{pid}}")):
        try:
            if libc.setns(os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY), 0) == 0:
                print("got through: entered", name, "of", pid)
        except OSError:
            pass
clone = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
if clone == 0:
    os._exit(0)
if clone > 0:
    print("got through: cloned into a new user namespace")
arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)
clone = libc.syscall(435, ctypes.byref(arguments), 88)
if clone == 0:
    os._exit(0)
if clone > 0:
    print("got through: clone3 into a new user namespace")
