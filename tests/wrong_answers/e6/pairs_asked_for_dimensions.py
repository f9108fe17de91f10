# fails: e6.optimizer, e6.once, e6.decay, e6.arguments
# misconception: e6.no-parameters-passed
def configure_optimizers(self, weight_decay, learning_rate, betas):
    decay = [p for p in self.named_parameters() if p.dim() >= 2]
    rest = [p for p in self.named_parameters() if p.dim() < 2]
    return torch.optim.AdamW([{"params": decay, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}],
                             lr=learning_rate, betas=betas)
