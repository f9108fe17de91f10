# tries: imports the checks, the hidden checks and the reference, by name and by path
# in: E1
# honest: 0
import importlib
import importlib.util
import pkgutil
import sys

sys.path[:0] = ["{{root}}", "..", "../..", "/"]
names = ["autograder.checks.e1", "autograder.hidden.e1", "autograder.checks.evidence.reading",
         "autograder.pipeline.runner", "autograder.build", "autograder.demo", "autograder.attacks",
         "solutions.assignment4.attention", "tests.answers"]
for name in names:
    try:
        module = importlib.import_module(name)
        print("got through: imported", name, module.__file__)
    except Exception:
        pass
    try:
        loader = pkgutil.get_loader(name) if hasattr(pkgutil, "get_loader") else None
        if loader is not None and loader.get_source(name):
            print("got through: read the source of", name)
    except Exception:
        pass
