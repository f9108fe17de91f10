# tries: the parts of the kernel that programs seldom need and exploits often: bpf, io_uring, keys, perf, userfaultfd
# in: E1
# honest: 0
# stock: no (it asks the kernel for rare services, with all of the instructor's rights)
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
space = ctypes.create_string_buffer(256)
calls = {
    "bpf": (321, 5, space, 120), "io_uring_setup": (425, 4, space),
    "perf_event_open": (298, space, 0, -1, -1, 0), "userfaultfd": (323, 0),
    "add_key": (248, b"user", b"attack-left", b"x", 1, -4), "keyctl": (250, 0, -3, 1),
    "request_key": (249, b"user", b"x", None, -4), "personality": (135, 0x0040000),
    "kexec_load": (246, 0, 0, 0, 0), "init_module": (175, space, 1, b""),
    "finit_module": (313, 0, b"", 0), "iopl": (172, 3), "swapon": (167, b"/x", 0),
    "acct": (163, 0), "quotactl": (179, 0x80000000, 0, 0, 0), "modify_ldt": (154, 1, space, 16),
    "lookup_dcookie": (212, 0, space, 1), "syslog": (103, 3, space, 10),
    "fanotify_init": (300, 0, 0), "name_to_handle_at": (303, -100, b"/", space, space, 0),
    "memfd_secret": (447, 0), "landlock_restrict_self": (446, -1, 0), "vhangup": (153,),
    "mknod": (133, b"attack-left-device", 0o20666, 0x101), "process_madvise": (440, -1, space, 1, 4, 0),
}
if os.uname().machine == "x86_64":
    for name, (number, *arguments) in calls.items():
        if libc.syscall(number, *arguments) >= 0:
            print("got through:", name)
