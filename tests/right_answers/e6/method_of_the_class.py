def split(parameters):
    groups = {True: [], False: []}
    for p in parameters:
        groups[p.dim() >= 2].append(p)
    return groups[True], groups[False]


def configure_optimizers(self, weight_decay, learning_rate, betas):
    matrices, vectors = split(self.parameters())
    optimizer = torch.optim.AdamW([{"params": matrices}, {"params": vectors}])
    for group, decay in zip(optimizer.param_groups, (weight_decay, 0.0)):
        group["lr"] = learning_rate
        group["betas"] = betas
        group["weight_decay"] = decay
    return optimizer


GPT.configure_optimizers = configure_optimizers
