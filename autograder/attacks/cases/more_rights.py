# tries: becomes another user, takes capabilities and lets go of its limits
# in: E1
# honest: 0
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
before = os.getresuid()
for name, call in {
    "setuid": lambda: os.setuid(0), "setreuid": lambda: os.setreuid(0, 0),
    "setgid": lambda: os.setgid(0), "setgroups": lambda: os.setgroups([0]),
    "nice": lambda: os.nice(-5),
    "real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    "hostname": lambda: __import__("socket").sethostname("attack"),
    "clock": lambda: __import__("time").clock_settime(0, 10**9),
}.items():
    try:
        if os.geteuid() != 0:
            call()
            print("got through:", name)
    except (OSError, AttributeError):
        pass
for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
    soft, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY:
        print("got through: no limit", kind)
        continue
    try:
        resource.setrlimit(kind, (hard + 10**6, hard + 10**6))
        print("got through: a higher limit", kind)
    except (OSError, ValueError):
        pass
for line in open("/proc/self/status"):
    name, _, value = line.partition(":")
    if name in ("CapPrm", "CapEff", "CapInh", "CapAmb") and int(value, 16):
        print("got through: has capabilities", line.strip())
    if name == "NoNewPrivs" and value.strip() != "1":
        print("got through: may gain privileges by running a program")
    if name == "Seccomp" and value.strip() != "2":
        print("got through: no filter of system calls")
