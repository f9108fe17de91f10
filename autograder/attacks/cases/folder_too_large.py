# tries: brings a sparse file of 100 GB, hoping that the grader copies every byte of it
# in: E1
# honest: 0
# stock: no (a copy could fill the disk)
# brings: sparse data/zeros.bin 100000
import os

print(os.listdir("."))
