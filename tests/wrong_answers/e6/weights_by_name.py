# fails: e6.decay
# misconception: e6.gains-decay
def configure_optimizers(self, weight_decay, learning_rate, betas):
    weights, others = [], []
    for name, p in self.named_parameters():
        if "weight" in name:
            weights.append(p)
        else:
            others.append(p)
    return torch.optim.AdamW([{"params": weights, "weight_decay": weight_decay},
                              {"params": others, "weight_decay": 0.0}], lr=learning_rate, betas=betas)
