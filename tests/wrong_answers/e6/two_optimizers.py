# fails: e6.optimizer, e6.once, e6.decay, e6.arguments
# misconception: e6.no-optimizer-returned
def configure_optimizers(self, weight_decay, learning_rate, betas):
    matrices = [p for p in self.parameters() if p.dim() >= 2]
    vectors = [p for p in self.parameters() if p.dim() < 2]
    return (torch.optim.AdamW(matrices, lr=learning_rate, betas=betas, weight_decay=weight_decay),
            torch.optim.AdamW(vectors, lr=learning_rate, betas=betas, weight_decay=0.0))
