# fails: e6.once, e6.decay
# says: all parameters are in one group
# says: how many dimensions
# misconception: e6.one-group
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = {name: p for name, p in self.named_parameters() if p.requires_grad}
    decay = [p for name, p in params.items() if p.dim() >= 2]
    no_decay = [p for name, p in params.items() if p.dim() < 2]
    groups = [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(params.values(), lr=learning_rate, betas=betas, weight_decay=weight_decay)
