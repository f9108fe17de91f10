def configure_optimizers(self, weight_decay, learning_rate, betas):
    decay, no_decay = [], []
    for name, param in self.named_parameters():
        if not param.requires_grad:
            continue
        if len(param.shape) >= 2:
            decay.append(param)
        else:
            no_decay.append(param)
    optim_groups = [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(optim_groups, lr=learning_rate, betas=betas)
