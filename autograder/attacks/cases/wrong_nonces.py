# tries: answers with nonces of its own, or none
# in: own cell
# honest: 0
# expects: protocol
from autograder.probe import wire

honest_send = wire.Channel.send


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    honest_send(self, {**message, "nonce": "0" * 16, "value": {"handle": 0}})


wire.Channel.send = send
