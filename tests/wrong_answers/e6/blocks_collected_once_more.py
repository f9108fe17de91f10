# fails: e6.once
# misconception: e6.parameter-twice
def configure_optimizers(self, weight_decay, learning_rate, betas):
    everything = [p for m in self.modules() for p in m.parameters(recurse=False)]
    seen, unique = set(), []
    for p in everything:
        if id(p) not in seen:
            seen.add(id(p))
            unique.append(p)
    last = [p for p in unique if p.dim() < 2][-1]
    unique.append(last)
    return torch.optim.AdamW([{"params": [p for p in unique if p.dim() >= 2], "weight_decay": weight_decay},
                              {"params": [p for p in unique if p.dim() < 2], "weight_decay": 0.0}],
                             lr=learning_rate, betas=betas)
