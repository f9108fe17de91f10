# fails: e6.decay
# says: norm.weight with 1 dimension decays
# misconception: e6.gains-decay
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = {name: p for name, p in self.named_parameters() if p.requires_grad}
    decay = [p for name, p in params.items() if not name.endswith("bias")]
    no_decay = [p for name, p in params.items() if name.endswith("bias")]
    groups = [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
