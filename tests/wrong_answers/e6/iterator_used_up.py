# fails: e6.once
# misconception: e6.group-left-empty
def configure_optimizers(self, weight_decay, learning_rate, betas):
    parameters = self.parameters()
    matrices = [p for p in parameters if p.dim() >= 2]
    vectors = [p for p in parameters if p.dim() < 2]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}],
                             lr=learning_rate, betas=betas)
