# tries: arrays of objects, texts, records, dates, complex and void, whose bytes are addresses
# in: own cell
# honest: 0
# expects: not of the agreed form
import json

from autograder.probe import wire

honest_send = wire.Channel.send
dtypes = ["|O", "<U8", "|V16", "<c16", "<M8[s]", "O", [["f0", "|O"]], {"names": ["a"], "formats": ["O"]}, None, ">f4"]
count = 0


def send(self, message):
    global count
    if "outputs" in message:
        return honest_send(self, message)
    count += 1
    head = json.dumps({
        "body": {"map": {"nonce": message["nonce"], "value": {"array": 0}, "printed": ""}},
        "arrays": [{"dtype": dtypes[count % len(dtypes)], "shape": [1]}],
    }).encode()
    self._connection.sendall(len(head).to_bytes(4, "big") + head + b"\x41" * 16)


wire.Channel.send = send
