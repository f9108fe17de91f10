# tries: floods stderr, also below Python: file descriptors 1 and 2
# in: E1
# honest: 0
import os
import sys

for number in range(300):
    sys.stderr.write("e" * 1_000_000 + "\n")
    for fd in (1, 2):
        os.write(fd, b"f" * 100_000)
