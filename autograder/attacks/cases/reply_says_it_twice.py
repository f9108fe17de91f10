# tries: a reply with two values, two nonces and a fault under the same names
# in: own cell
# honest: 0
from autograder.probe import wire

honest_send = wire.Channel.send


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    n = message["nonce"]
    head = (
        '{"body": {"map": {"nonce": "0", "nonce": "%s", "missing": null, "fault": [], "value": {"map": {"handle": 9}},'
        ' "value": {"map": {"handle": 0, "handle": true}}, "printed": 5}}, "arrays": [], "arrays": []}' % n
    )
    self._connection.sendall(len(head).to_bytes(4, "big") + head.encode())


wire.Channel.send = send
