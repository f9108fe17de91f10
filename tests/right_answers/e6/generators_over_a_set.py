# groups made of generators over a set of parameters
def configure_optimizers(self, weight_decay, learning_rate, betas):
    def select(wanted):
        for p in set(self.parameters()):
            if (p.dim() >= 2) is wanted:
                yield p
    groups = [{"params": select(True), "weight_decay": weight_decay}, {"params": select(False), "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
