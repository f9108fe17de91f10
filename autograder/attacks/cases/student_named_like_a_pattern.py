# tries: comes in a folder whose name is a pattern for files, a format and a path, to be taken for others
# in: E1
# honest: 0
# student: [a-z]* {assignment_id} %(student)s ..
print("40.0")
