# tries: replies of the right outer form whose insides are missing, of another type, or far too many
# in: own cell
# honest: 0
from autograder.probe import agent

w = torch.ones(8, 8)
forms = [
    None, 5, "parameters", [], {}, {"a": 1}, {"names": None}, {"names": ["w"]}, {"names": "w", "values": w},
    {"names": [3], "values": ["none"], "trainable": ["yes"], "identity": [[]], "storage": [{}]},
    {"names": ["w"], "values": [None], "trainable": [True], "identity": [1], "storage": [1]},
    {"names": ["w"], "values": [[1.0, 2.0]], "trainable": [True], "identity": ["1"], "storage": [None]},
    {"names": ["w", "w"], "values": [w], "trainable": [], "identity": [1, 2, 3], "storage": [1]},
    {"names": [["w"]], "values": [w], "trainable": [True], "identity": [["x"]], "storage": [1]},
    {"names": [f"w{n}" for n in range(999)], "values": [torch.ones(8)] * 999, "trainable": [True] * 999,
     "identity": list(range(999)), "storage": list(range(999))},
    {"made": None, "calls": [None, 5, {}]}, {"made": [[w]], "calls": [{"number": "x", "x": None, "y": None}]},
]
count = 0


def anything(self, **payload):
    global count
    count += 1
    return forms[count % len(forms)]


for name in agent.VERBS:
    if name not in ("begin", "create", "load", "set_mode", "place_stand_in", "take_back_stand_ins", "make_stand_in"):
        agent.VERBS[name] = anything
agent.VERBS["create"] = agent.VERBS["make_stand_in"] = lambda self, *args, **payload: {"handle": 0}
agent.VERBS["load"] = agent.VERBS["set_mode"] = lambda self, **payload: None
