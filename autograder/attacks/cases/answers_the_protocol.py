# tries: answers the grader itself, from a thread that reads each request off the channel first
# in: E1
# honest: 0
import json
import os
import select
import socket
import stat
import threading
import time


def perfect(request):
    """The reply of somebody who knows the protocol, with the right nonce and a value that pleases."""
    body = {"map": {"nonce": request["nonce"], "value": True, "printed": "", "outputs": []}}
    head = json.dumps({"body": body, "arrays": []}).encode()
    return len(head).to_bytes(4, "big") + head


def plain(value):
    if isinstance(value, dict) and set(value) == {"map"}:
        return {k: plain(v) for k, v in value["map"].items()}
    return value


def serve(channel):
    while True:
        select.select([channel], [], [])
        head = channel.recv(4)
        size = int.from_bytes(head, "big")
        text = b""
        while len(text) < size:
            text += channel.recv(size - len(text))
        channel.settimeout(0.05)
        try:
            while channel.recv(65536):  # the arrays behind it
                pass
        except TimeoutError:
            pass
        channel.settimeout(None)
        channel.sendall(perfect(plain(json.loads(text)["body"])))


for fd in range(3, 256):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            channel = socket.socket(fileno=os.dup(fd))
            for _ in range(3):
                threading.Thread(target=serve, args=(channel,), daemon=True).start()
    except OSError:
        pass
