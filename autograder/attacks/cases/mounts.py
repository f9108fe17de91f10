# tries: mounts, binds, unmounts and changes its root, to see and write what is hidden
# in: E1
# honest: 0
# stock: no (it may mount over the machine's folders)
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("m", exist_ok=True)
tries = {
    "tmpfs": lambda: libc.mount(b"x", b"m", b"tmpfs", 0, None),
    "bind": lambda: libc.mount(b"/", b"m", None, 4096, None),
    "proc": lambda: libc.mount(b"x", b"m", b"proc", 0, None),
    "remount": lambda: libc.mount(None, b"/", None, 32, None),
    "remount of usr": lambda: libc.mount(None, b"/usr", None, 32 | 4096, None),
    "unmount": lambda: libc.umount2(b"/proc", 2),
    "unmount usr": lambda: libc.umount2(b"/usr", 2),
    "chroot": lambda: libc.chroot(b"m"),
    "pivot_root": lambda: libc.syscall(155, b".", b"."),
    "open_tree": lambda: libc.syscall(428, -100, b"/", 1),
    "fsopen": lambda: libc.syscall(430, b"tmpfs", 0),
    "mount_setattr": lambda: libc.syscall(442, -100, b"/", 0, ctypes.byref((ctypes.c_uint64 * 4)()), 32),
    "open_by_handle_at": lambda: libc.syscall(304, 3, ctypes.create_string_buffer(64), 0),
}
for name, call in tries.items():
    result = call()
    if result >= 0:
        print("got through:", name)
