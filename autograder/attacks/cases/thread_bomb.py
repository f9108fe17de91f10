# tries: starts threads until none can be started
# in: E1
# honest: 0
# stock: no (it would fill the machine's process table)
import threading
import time

while True:
    try:
        threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()
    except RuntimeError:
        break
