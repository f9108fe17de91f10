# tries: announces a reply of four gigabytes
# in: own cell
# honest: 0
# expects: too large
from autograder.probe import wire

honest_send = wire.Channel.send


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    self._connection.sendall(b"\xff\xff\xff\xff" + b"x" * 1000)


wire.Channel.send = send
