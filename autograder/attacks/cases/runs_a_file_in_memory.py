# tries: writes a program into memory or its own folder and runs that
# in: E1
# honest: 0
import ctypes
import os
import shutil

libc = ctypes.CDLL(None, use_errno=True)
try:
    program = open("/bin/true", "rb").read()
except OSError:
    program = b"#!/bin/sh\nexit 0\n"


def ends_well(start):
    child = os.fork()
    if child == 0:
        try:
            start()
        except BaseException:
            pass
        os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def from_memory():
    fd = os.memfd_create("program")
    os.write(fd, program)
    os.execve(fd, ["program"], {})


def from_folder():
    with open("program", "wb") as file:
        file.write(program)
    os.chmod("program", 0o4755)
    os.execv("./program", ["program"])


for start in (from_memory, from_folder):
    try:
        if ends_well(start):
            print("got through: ran", start.__name__)
    except OSError:
        pass
