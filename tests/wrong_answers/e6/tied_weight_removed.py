# fails: e6.once
# misconception: e6.tied-weight-left-out
def configure_optimizers(self, weight_decay, learning_rate, betas):
    params = {name: p for name, p in self.named_parameters() if p.requires_grad}
    params.pop("token_embedding.weight")  # the output layer has it too
    groups = [{"params": [p for p in params.values() if p.dim() >= 2], "weight_decay": weight_decay},
              {"params": [p for p in params.values() if p.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
