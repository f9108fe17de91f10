# tries: a pickle in place of JSON, which would run a command where it is read
# in: own cell
# honest: 0
# expects: not of the agreed form
import os
import pickle

from autograder.probe import wire

honest_send = wire.Channel.send


class Command:
    def __reduce__(self):
        return os.system, ("touch /tmp/attack-left-a-pickle",)


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    data = pickle.dumps({"nonce": message["nonce"], "value": Command()})
    self._connection.sendall(len(data).to_bytes(4, "big") + data)


wire.Channel.send = send
