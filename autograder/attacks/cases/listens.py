# tries: waits for somebody outside to call, to be told the answers
# in: E1
# honest: 0
import os
import socket
import tempfile

path = os.path.join(tempfile.gettempdir(), "attack-left-ear")
for family, address in ((socket.AF_INET, ("0.0.0.0", 0)), (socket.AF_INET, ("127.0.0.1", 0)),
                        (socket.AF_UNIX, "\0attack-left-ear"), (socket.AF_UNIX, path)):
    try:
        ear = socket.socket(family)
        ear.bind(address)
        ear.listen()
        print("got through: listens on", address)
    except OSError:
        pass
