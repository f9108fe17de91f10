# tries: arrays that hold nothing, as there is a 0 among sizes whose product runs over
# in: own cell
# honest: 0
import json

from autograder.probe import wire

honest_send = wire.Channel.send


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    head = json.dumps({
        "body": {"map": {"nonce": message["nonce"], "value": {"array": 0}, "printed": ""}},
        "arrays": [{"dtype": "<f8", "shape": [0, 2**39, 2**39, 2**39]}],
    }).encode()
    self._connection.sendall(len(head).to_bytes(4, "big") + head)


wire.Channel.send = send
