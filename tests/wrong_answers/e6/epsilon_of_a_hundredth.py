# fails: e6.optimizer, e6.arguments
# misconception: e6.large-epsilon
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = [p for p in self.parameters() if p.requires_grad]
    groups = [{"params": [p for p in params if p.dim() >= 2], "weight_decay": weight_decay},
              {"params": [p for p in params if p.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, learning_rate, betas, 1e-2)
