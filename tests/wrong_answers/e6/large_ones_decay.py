# more than a thousand numbers is taken for a matrix
# fails: e6.decay
# misconception: e6.grouped-by-size
def configure_optimizers(self, weight_decay, learning_rate, betas):
    big = [p for p in self.parameters() if p.numel() > 1000]
    small = [p for p in self.parameters() if p.numel() <= 1000]
    return torch.optim.AdamW([{"params": big, "weight_decay": weight_decay}, {"params": small, "weight_decay": 0.0}],
                             lr=learning_rate, betas=betas)
