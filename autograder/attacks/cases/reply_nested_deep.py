# tries: a reply of a hundred thousand brackets, to overrun the reader's stack
# in: own cell
# honest: 0
# expects: not of the agreed form | deep
from autograder.probe import wire

honest_send = wire.Channel.send
count = 0


def send(self, message):
    global count
    if "outputs" in message:
        return honest_send(self, message)
    count += 1
    deep = 100_000 if count % 2 else 500
    value = "[" * deep + "]" * deep if count % 3 else '{"map": {"a": ' * deep + "1" + "}}" * deep
    head = '{"body": {"map": {"nonce": "%s", "printed": "", "value": %s}}, "arrays": []}' % (message["nonce"], value)
    self._connection.sendall(len(head).to_bytes(4, "big") + head.encode())


wire.Channel.send = send
