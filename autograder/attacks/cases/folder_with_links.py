# tries: brings links to the machine's files, to the gradebook and to classmates, for the grader to follow
# in: E1
# honest: 0
# brings: link passwd.txt -> /etc/passwd
# brings: link shadow -> /etc/shadow
# brings: link marks.db -> ../../../gradebook.db
# brings: link course -> {{out}}
# brings: link everything -> /
# brings: link classmate.ipynb -> {{submissions}}/zoe/assignment4.ipynb
# brings: link loop -> loop
import os

for place in ("marks.db", "course/gradebook.db", "course/results.json", "everything/root",
              "everything{{out}}/gradebook.db", "classmate.ipynb", "shadow"):
    try:
        if os.path.isdir(place):
            print("got through: lists", place, os.listdir(place)[:3])
        else:
            with open(place, "r+b") as file:
                print("got through: opened", place, file.read(8))
    except OSError:
        pass
try:
    if "root:x" in open("passwd.txt").read():
        print("got through: read the machine's accounts")
except OSError:
    pass
