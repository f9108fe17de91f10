# tries: outputs of checks that are texts, numbers, types, booleans, empty or of other dtypes where tensors belong
# in: own cell
# honest: 0
from autograder.probe import agent

kinds = [
    0, 1.5, True, "text", [], [[1.0]], {}, {"array": 0}, {"map": {}}, {"handle": 0}, {"foreign": "Tensor"},
    torch.ones(2, 5, 8).bool(), torch.ones(2, 5, 8).long(), torch.ones(2, 5, 8).half(), torch.ones(0, 5, 8),
    torch.ones(()), torch.full((2, 5, 8), float("nan")), torch.full((2, 5, 8), 3e38), -1, 10**300,
]
count = 0


def anything(self, **payload):
    global count
    count += 1
    value = kinds[count % len(kinds)]
    shape = next((a.shape for a in payload.get("args", []) if hasattr(a, "shape")), None)
    if shape is not None and count % 3 == 0:
        return torch.full(tuple(shape), float("nan"))
    return value


for name in ("call", "function", "gradients", "attention", "passing", "groups", "modes", "parts", "stand_in_log",
             "run_training"):
    agent.VERBS[name] = anything
agent.VERBS["create"] = agent.VERBS["make_stand_in"] = lambda self, *args, **payload: {"handle": 0}
agent.VERBS["load"] = agent.VERBS["set_mode"] = lambda self, **payload: None
agent.VERBS["step"] = agent.VERBS["reload"] = agent.VERBS["replace_forward"] = lambda self, **payload: None
