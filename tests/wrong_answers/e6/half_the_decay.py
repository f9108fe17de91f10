# fails: e6.arguments
# misconception: e6.weight-decay-scaled
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = [p for p in self.parameters() if p.requires_grad]
    return torch.optim.AdamW([{"params": [p for p in params if p.dim() < 2], "weight_decay": 0.0},
                              {"params": [p for p in params if p.dim() >= 2]}],
                             lr=learning_rate, betas=betas, weight_decay=weight_decay / 2)
