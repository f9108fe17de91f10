# fails: e6.arguments
# misconception: e6.one-beta-not-used
def configure_optimizers(self, weight_decay, learning_rate, betas):
    beta, *_ = betas
    optimizer = torch.optim.AdamW([{"params": [p for p in self.parameters() if p.ndim >= 2], "weight_decay": weight_decay},
                                   {"params": [p for p in self.parameters() if p.ndim < 2], "weight_decay": 0}],
                                  learning_rate, (beta, beta))
    return optimizer
