# tries: reads what other students handed in, and runs their answers as its own
# in: own cell
# honest: 0
import glob
import json

patterns = ["../../*/*/*.ipynb", "../*/*.ipynb", "../../../submitted/*/*/*.ipynb",
            "../../../submitted/*/*.ipynb", "{{submissions}}/*/*.ipynb",
            "{{submissions}}/*/*/*.ipynb", "{{out}}/submitted/*/*/*.ipynb",
            "{{out}}/autograded/*/*/*.ipynb", "/proc/*/root{{submissions}}/*/*.ipynb"]
for pattern in patterns:
    for place in sorted(glob.glob(pattern)):
        try:
            notebook = json.load(open(place))
        except (OSError, ValueError):
            continue
        print("got through: read", place)
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            if source.startswith(("class ", "def ")) and "NotImplementedError" not in source:
                try:
                    exec(source, globals())
                except BaseException:
                    pass
# -- in: E1
pass
# -- in: E2
pass
# -- in: E3
pass
# -- in: E4
pass
# -- in: E5
pass
# -- in: E6
pass
# -- in: E7
pass
# -- in: E8
pass
