# tries: announces arrays of 10^12 numbers
# in: own cell
# honest: 0
# expects: too large
import json

from autograder.probe import wire

honest_send = wire.Channel.send


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    head = json.dumps({
        "body": {"map": {"nonce": message["nonce"], "value": {"array": 0}, "printed": ""}},
        "arrays": [["<f4", 1_000_000, 1_000_000]],
    }).encode()
    self._connection.sendall(len(head).to_bytes(4, "big") + head)


wire.Channel.send = send
