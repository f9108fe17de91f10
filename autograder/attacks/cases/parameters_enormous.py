# tries: a parameter of a quarter of a billion truth values, for which the checks would draw numbers
# in: own cell
# honest: 0
import numpy as np

from autograder.probe import agent

large = np.zeros(2**28 - 4096, dtype=bool)
agent.VERBS["parameters"] = lambda self, handle: {
    "names": ["w"], "values": [large], "trainable": [True], "identity": [1], "storage": [1],
}
agent.VERBS["create"] = lambda self, name, args: {"handle": 0}
agent.VERBS["load"] = agent.VERBS["set_mode"] = lambda self, **payload: None
agent.VERBS["call"] = lambda self, handle, args, method=None: args[0]
