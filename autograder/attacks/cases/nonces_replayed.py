# tries: sends each reply three times, so that old replies answer new questions
# in: own cell
# honest: 0
# expects: protocol
from autograder.probe import wire

honest_send = wire.Channel.send


def send(self, message):
    for _ in range(1 if "outputs" in message else 3):
        honest_send(self, message)


wire.Channel.send = send
