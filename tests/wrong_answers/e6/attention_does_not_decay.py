# only the square matrices are left alone
# fails: e6.decay
# misconception: e6.some-matrices-do-not-decay
def configure_optimizers(self, weight_decay, learning_rate, betas):
    def square(p):
        return p.dim() == 2 and p.shape[0] == p.shape[1]
    trainable = [p for p in self.parameters() if p.requires_grad]
    decay = [p for p in trainable if p.dim() >= 2 and not square(p)]
    rest = [p for p in trainable if p.dim() < 2 or square(p)]
    return torch.optim.AdamW(
        [{"params": decay, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}],
        lr=learning_rate, betas=betas)
