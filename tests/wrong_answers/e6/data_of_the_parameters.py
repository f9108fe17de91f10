# fails: e6.once, e6.decay
# misconception: e6.not-the-models-own
def configure_optimizers(self, weight_decay, learning_rate, betas):
    groups = [{"params": [p.data for p in self.parameters() if p.dim() >= 2], "weight_decay": weight_decay},
              {"params": [p.data for p in self.parameters() if p.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
