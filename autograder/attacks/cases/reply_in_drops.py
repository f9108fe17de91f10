# tries: sends one byte of a reply every now and then, to keep the grader waiting for ever
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
    self._connection.sendall((10_000_000).to_bytes(4, "big"))
    while True:
        try:
            self._connection.sendall(b" ")
            time.sleep(0.05)
        except BaseException:
            pass


wire.Channel.send = send
