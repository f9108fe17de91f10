def configure_optimizers(self, weight_decay, learning_rate, betas):
    with_decay, seen = [], set()
    without_decay = []
    for module in self.modules():
        for key, p in module.named_parameters(recurse=False):
            if id(p) in seen:
                continue
            seen.add(id(p))
            if isinstance(module, (nn.Linear, nn.Embedding)) and key == "weight" or p.dim() > 1:
                with_decay += [p]
            else:
                without_decay += [p]
    groups = ({"params": with_decay, "weight_decay": weight_decay, "name": "decay"},
              {"params": without_decay, "weight_decay": 0.0, "name": "rest"})
    return torch.optim.AdamW(groups, learning_rate, betas=betas)
