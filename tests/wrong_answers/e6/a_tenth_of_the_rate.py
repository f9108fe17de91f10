# fails: e6.arguments
# misconception: e6.learning-rate-scaled
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = [p for p in self.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([{"params": [p for p in params if p.dim() >= 2], "weight_decay": weight_decay},
                                   {"params": [p for p in params if p.dim() < 2], "weight_decay": 0.0}],
                                  lr=learning_rate, betas=betas)
    for group in optimizer.param_groups:
        group["lr"] *= 0.1  # warm-up
    return optimizer
