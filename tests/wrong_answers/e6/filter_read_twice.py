# the filter is an iterator too
# fails: e6.once
# misconception: e6.group-left-empty
def configure_optimizers(self, weight_decay, learning_rate, betas):
    wanted = filter(lambda p: p.requires_grad, self.parameters())
    groups = {True: [], False: []}
    for flag in (False, True):
        groups[flag] = [p for p in wanted if (p.dim() > 1) == flag]
    return torch.optim.AdamW([{"params": groups[True], "weight_decay": weight_decay},
                              {"params": groups[False], "weight_decay": 0.0}], lr=learning_rate, betas=betas)
