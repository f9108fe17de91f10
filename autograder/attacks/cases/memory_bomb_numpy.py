# tries: asks numpy for a terabyte, and writes to all of what it gets
# in: E1
# honest: 0
# expects: memory | ended | longer than
# stock: no (it could fill the machine's memory)
import numpy as np

held = []
for size in (10**12, 10**11, 10**10):
    try:
        held.append(np.empty(size, dtype=np.uint8))
    except MemoryError:
        pass
for _ in range(40):
    held.append(np.ones(10**8, dtype=np.uint8))
print("got through: holds 4 GB")
