# fails: e6.arguments
# misconception: e6.one-beta-not-used
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = [p for p in self.parameters() if p.requires_grad]
    groups = [{"params": [p for p in params if p.dim() >= 2], "weight_decay": weight_decay},
              {"params": [p for p in params if p.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(betas[0], 0.999))
