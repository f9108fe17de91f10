# tries: makes a million outputs of a few characters, each a part of the notebook of its own
# in: E1
# honest: 0
import sys

from IPython.display import display

for number in range(300_000):
    sys.stdout.write("a")
    sys.stderr.write("b")
    if number % 100 == 0:
        display(number)
