# fails: e6.arguments
# misconception: e6.betas-swapped
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = {name: p for name, p in self.named_parameters() if p.requires_grad}
    decay = [p for name, p in params.items() if p.dim() >= 2]
    no_decay = [p for name, p in params.items() if p.dim() < 2]
    groups = [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(betas[1], betas[0]))
