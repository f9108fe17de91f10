# fails: e6.decay
# misconception: e6.some-vectors-decay
def configure_optimizers(self, weight_decay, learning_rate, betas):
    alone = [m.bias for m in self.modules() if isinstance(m, nn.Linear) and m.bias is not None]
    ids = set(map(id, alone))
    others = [p for p in self.parameters() if id(p) not in ids]
    optimizer = torch.optim.AdamW(others, lr=learning_rate, betas=betas, weight_decay=weight_decay)
    optimizer.add_param_group({"params": alone, "weight_decay": 0.0})
    return optimizer
