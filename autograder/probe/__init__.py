"""The narrow view of student code, the same in a notebook and against another process.

agent   runs where the student's code runs: a few verbs on the notebook's namespace
view    runs where the checks run: `student`, handles, torch tensors
links   carry verbs and replies between the two, in one process or over a socket
wire    the bytes on that socket: JSON and raw arrays, never pickle
"""
