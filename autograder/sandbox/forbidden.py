"""seccomp: the system calls that student code is refused (they fail with EPERM)."""

from __future__ import annotations

import errno
import functools
from typing import Any

from autograder.sandbox import kernel

# By what somebody could want with them.
FORBIDDEN = {
    "other programs": "execve execveat uselib",
    "the network": "socket connect bind listen accept accept4 sendmmsg recvmmsg",
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd "
    "process_mrelease migrate_pages move_pages",
    "file systems": "mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick open_tree "
    "open_tree_attr move_mount mount_setattr quotactl quotactl_fd name_to_handle_at "
    "open_by_handle_at fanotify_init swapon swapoff mknod mknodat",
    "namespaces and users": "unshare setns setuid setgid setreuid setregid setresuid setresgid "
    "setgroups setfsuid setfsgid capset",
    "memory that no limit counts": "memfd_create memfd_secret shmget shmat shmctl shmdt semget "
    "semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend "
    "mq_timedreceive mq_notify mq_getsetattr",
    "the kernel": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register "
    "init_module finit_module delete_module kexec_load kexec_file_load reboot syslog acct "
    "lookup_dcookie nfsservctl _sysctl vhangup ioperm iopl modify_ldt vm86 vm86old",
    "keys": "keyctl add_key request_key",
    "clock and name": "settimeofday clock_settime adjtimex clock_adjtime stime sethostname "
    "setdomainname",
}
NAMESPACES = (
    kernel.NEW_USER, kernel.NEW_PID, kernel.NEW_MOUNT, kernel.NEW_NETWORK, kernel.NEW_IPC,
    kernel.NEW_UTS, kernel.NEW_CGROUP,
)  # fmt: skip
TYPE_INTO_TERMINAL = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX


def forbid() -> None:
    """Install the filter, for this process and all that it starts. Needs no_new_privs."""
    rules().load()


@functools.cache
def rules() -> Any:
    """The filter; made once, before a process loses sight of libseccomp's file.

    sendmsg stays, and so does sendto without an address: the channel itself, a connected pair,
    uses them, and without socket() there is nothing to reach anybody else with.
    """
    import pyseccomp as seccomp

    refuse = seccomp.ERRNO(errno.EPERM)
    found = seccomp.SyscallFilter(seccomp.ALLOW)
    for names in FORBIDDEN.values():
        for name in names.split():
            if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
                found.add_rule(refuse, name)
    found.add_rule(refuse, "sendto", seccomp.Arg(4, seccomp.NE, 0))
    for flag in NAMESPACES:
        found.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    # Its flags lie in memory where no filter can read them; the C library then takes clone.
    found.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for request in TYPE_INTO_TERMINAL:
        found.add_rule(refuse, "ioctl", seccomp.Arg(1, seccomp.EQ, request))
    found.add_rule(refuse, "personality", seccomp.Arg(0, seccomp.NE, 0xFFFFFFFF))
    return found


def available() -> bool:
    """Whether libseccomp is on this machine."""
    try:
        rules()
    except (ImportError, OSError, RuntimeError):
        return False
    return True
