# fails: e6.decay
# says: with 2 dimensions does not decay
# misconception: e6.embeddings-do-not-decay
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = {name: p for name, p in self.named_parameters() if p.requires_grad}
    decay = [p for name, p in params.items() if p.dim() >= 2 and "embedding" not in name]
    no_decay = [p for name, p in params.items() if p.dim() < 2 or "embedding" in name]
    groups = [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
