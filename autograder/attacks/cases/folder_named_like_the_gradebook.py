# tries: brings folders and files named like the grader's own, for a careless copy to land on them
# in: E1
# honest: 0
# brings: folder gradebook.db
# brings: file results.json: {"seed": 0}
# brings: file ../gradebook.db: not a database
# brings: file gradebook/../../submitted.txt: x
# brings: file source/assignment4/assignment4.ipynb: {}
# brings: file autograded/x/assignment4/assignment4.ipynb: {}
import os

print(os.listdir("."))
