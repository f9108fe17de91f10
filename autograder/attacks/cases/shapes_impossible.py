# tries: arrays with negative sizes, fractions, truth values and sizes whose product runs over
# in: own cell
# honest: 0
# expects: not of the agreed form
import json

from autograder.probe import wire

honest_send = wire.Channel.send
shapes = [[-1, -4], [2.5], [True], ["8"], [2**40, 2**40], [2**32] * 4, None, {"n": 3}, [1] * 99]
count = 0


def send(self, message):
    global count
    if "outputs" in message:
        return honest_send(self, message)
    count += 1
    head = json.dumps({
        "body": {"map": {"nonce": message["nonce"], "value": {"array": 0}, "printed": ""}},
        "arrays": [{"dtype": "<f4", "shape": shapes[count % len(shapes)]}],
    }).encode()
    self._connection.sendall(len(head).to_bytes(4, "big") + head + b"\0" * 64)


wire.Channel.send = send
