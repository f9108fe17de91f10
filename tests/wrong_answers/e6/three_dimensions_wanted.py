# fails: e6.once, e6.decay
# misconception: e6.decaying-group-empty
def configure_optimizers(self, weight_decay, learning_rate, betas):
    decay, rest = [], []
    for p in self.parameters():
        (decay if p.ndim > 2 else rest).append(p)
    return torch.optim.AdamW([{"params": decay, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}],
                             lr=learning_rate, betas=betas)
