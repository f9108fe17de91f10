# tries: a pickle in place of JSON, which would run a command where it is read
# in: own cell
# honest: 0
# expects: not of the agreed form
import pickle

from autograder.probe import wire

honest_send = wire.Channel.send


class Command:
    def __reduce__(self):
        mark = 'import tempfile; open(tempfile.gettempdir() + "/attack-left-a-pickle", "w")'
        return exec, (mark,)


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    data = pickle.dumps({"nonce": message["nonce"], "value": Command()})
    self._connection.sendall(len(data).to_bytes(4, "big") + data)


wire.Channel.send = send
