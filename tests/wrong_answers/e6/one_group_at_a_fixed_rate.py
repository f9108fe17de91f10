# two mistakes
# fails: e6.once, e6.decay, e6.arguments
# misconception: e6.one-group, e6.learning-rate-not-used
def configure_optimizers(self, weight_decay, learning_rate, betas):
    return torch.optim.AdamW(self.parameters(), lr=3e-4, weight_decay=weight_decay, betas=betas)
