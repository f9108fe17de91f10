# tries: brings FIFOs and a socket, on which a copying grader waits for ever
# in: E1
# honest: 0
# brings: pipe fifo
# brings: pipe data/fifo.txt
# brings: socket ear
import os

print(sorted(os.listdir(".")))
