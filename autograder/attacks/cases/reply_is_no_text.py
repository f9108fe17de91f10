# tries: bytes that are no UTF-8, lone surrogates, and numbers of four thousand digits
# in: own cell
# honest: 0
from autograder.probe import wire

honest_send = wire.Channel.send
count = 0


def send(self, message):
    global count
    if "outputs" in message:
        return honest_send(self, message)
    count += 1
    start = b'{"body": {"map": {"nonce": "' + message["nonce"].encode() + b'", "printed": "", "value": '
    value = [b'"\xff\xfe\x80"', b'"\\ud800 \\udfff"', b"9" * 5000, b"1e999999", b"-Infinity"][count % 5]
    head = start + value + b'}}, "arrays": []}'
    self._connection.sendall(len(head).to_bytes(4, "big") + head)


wire.Channel.send = send
