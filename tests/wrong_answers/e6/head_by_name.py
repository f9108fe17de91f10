# the output layer is asked for by a name of its own
# fails: e6.optimizer, e6.once, e6.decay, e6.arguments
# misconception: e6.part-not-there
def configure_optimizers(self, weight_decay, learning_rate, betas):
    tied = self.lm_head.weight
    rest = [p for p in self.parameters() if p is not tied]
    return torch.optim.AdamW([
        {"params": [tied, *(p for p in rest if p.dim() >= 2)], "weight_decay": weight_decay},
        {"params": [p for p in rest if p.dim() < 2], "weight_decay": 0.0},
    ], lr=learning_rate, betas=betas)
