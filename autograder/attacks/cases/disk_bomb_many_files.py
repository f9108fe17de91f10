# tries: uses up the disk's files: a hundred thousand empty ones, in folders within folders
# in: E1
# honest: 0
# stock: no (it leaves a hundred thousand files)
import os

made = 0
try:
    for top in range(100):
        os.mkdir(f"f{top}")
        for number in range(1000):
            open(f"f{top}/{number}", "w").close()
            made += 1
except OSError:
    pass
if made == 100_000:
    print("got through: made a hundred thousand files")
