# fails: e6.once
# misconception: e6.vectors-left-out
def configure_optimizers(self, weight_decay, learning_rate, betas):
    matrices = [p for p in self.parameters() if p.dim() >= 2]
    return torch.optim.AdamW(matrices, lr=learning_rate, betas=betas, weight_decay=weight_decay)
