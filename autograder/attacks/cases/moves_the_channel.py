# tries: puts a socket pair of its own in the channel's place and keeps the grader's end
# in: E1
# honest: 0
# expects: longer than | ended | protocol | agreed form
import os
import socket
import stat
import threading


def answer(ear):
    while ear.recv(65536):
        ear.sendall(b"\x00\x00\x00\x1a" + b'{"body":null,"arrays":[]}')


for fd in range(3, 256):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            mine, theirs = socket.socketpair()
            kept = os.dup(fd)
            os.dup2(theirs.fileno(), fd)
            threading.Thread(target=answer, args=(mine,), daemon=True).start()
    except OSError:
        pass
