# tries: a thread that reads the grader's questions before the process does, and answers them
# in: own cell
# honest: 0
# limits: check_s=1 grace_s=1 submission_s=8
import gc
import threading

from autograder.probe import wire

channels = [o for o in gc.get_objects() if isinstance(o, wire.Channel)]


def answer():
    while channels:
        try:
            request = wire.Channel(channels[0]._connection).receive()
            wire.Channel(channels[0]._connection).send(
                {"nonce": request["nonce"], "value": {"handle": 0}, "outputs": [], "printed": ""})
        except BaseException:
            pass


for _ in range(3):
    threading.Thread(target=answer, daemon=True).start()
