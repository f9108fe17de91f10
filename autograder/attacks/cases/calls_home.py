# tries: sends the checks' inputs to somebody who listens on a TCP port of this machine
# in: E1
# honest: 0
import socket

try:
    with socket.create_connection(("127.0.0.1", int("{{port}}")), timeout=0.5) as phone:
        phone.sendall(b"what are the answers?")
    print("got through: called a TCP port")
except OSError:
    pass
