# tries: changes Python's packages and the grader's files, for the next submission and the grader to import
# in: E1
# honest: 0
import os
import sys
import sysconfig

import autograder

folders = {sysconfig.get_path("purelib"), os.path.dirname(torch.__file__), "{{root}}", "{{out}}",
           os.path.dirname(autograder.__file__), os.path.dirname(os.__file__), *sys.path[1:]}
for folder in folders:
    place = os.path.join(folder, "attack-left-module.py")
    try:
        with open(place, "w") as file:
            file.write("")
        os.remove(place)
        print("got through: wrote to", folder)
    except OSError:
        pass
for file in (autograder.__file__, torch.__file__, os.__file__, sys.executable):
    try:
        os.close(os.open(file, os.O_WRONLY))
        print("got through: may change", file)
    except OSError:
        pass
