# tries: a thread that goes on between the questions, and changes objects, replies and modules while they are read
# in: own cell
# honest: 0
import gc
import threading
import time


def meddle():
    from autograder.probe import agent

    while True:
        for found in gc.get_objects():
            if type(found) is agent.Agent:
                found.objects = {n: torch.zeros(2, 5, 8) for n in range(9)}
                found.namespace["CausalSelfAttention"] = lambda *args: (lambda x: x)
        time.sleep(0.02)


threading.Thread(target=meddle, daemon=True).start()
