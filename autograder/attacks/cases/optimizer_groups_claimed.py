# tries: answers the question about the optimiser's groups itself, and never makes an optimiser
# in: E6
# honest: 0
from autograder.probe import agent


def groups(self, handle, model):
    found = list(self.module(model).named_parameters())
    options = {"lr": 0.05, "betas": [0.8, 0.95], "weight_decay": 0.3, "eps": 1e-8}
    return {
        "kind": "AdamW",
        "is_adamw": True,
        "groups": [
            {"options": options, "parameters": [n for n, p in found if p.requires_grad and p.dim() >= 2]},
            {"options": {**options, "weight_decay": 0.0},
             "parameters": [n for n, p in found if p.requires_grad and p.dim() < 2]},
        ],
    }


agent.VERBS["groups"] = groups
agent.VERBS["step"] = lambda self, handle, model, gradient: None


def configure_optimizers(self, weight_decay, learning_rate, betas):
    return "an AdamW, I promise"
