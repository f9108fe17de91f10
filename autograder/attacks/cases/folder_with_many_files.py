# tries: brings thousands of files, which a grader copies for every run
# in: E1
# honest: 0
# brings: many 3000
import os

print(len(os.listdir("many")))
