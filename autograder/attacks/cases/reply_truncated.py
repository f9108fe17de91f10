# tries: announces a long reply, sends the half of it and waits
# in: own cell
# honest: 0
# limits: check_s=1 grace_s=1 submission_s=8
# expects: longer than
import time

from autograder.probe import wire

honest_send = wire.Channel.send


def send(self, message):
    if "outputs" in message:
        return honest_send(self, message)
    self._connection.sendall((1000).to_bytes(4, "big") + b'{"body": {"map"')
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass


wire.Channel.send = send
