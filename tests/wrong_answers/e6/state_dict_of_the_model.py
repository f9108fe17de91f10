# fails: e6.once, e6.decay
# misconception: e6.not-the-models-own
def configure_optimizers(self, weight_decay, learning_rate, betas):
    tensors = [t for t in self.state_dict().values() if t.is_floating_point()]
    groups = [{"params": [t for t in tensors if t.dim() >= 2], "weight_decay": weight_decay},
              {"params": [t for t in tensors if t.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
