def configure_optimizers(self, weight_decay: float, learning_rate: float, betas):
    params = dict(self.named_parameters())
    decayed = sorted(n for n in params if params[n].dim() >= 2)
    others = sorted(n for n in params if params[n].dim() < 2)
    assert not set(decayed) & set(others) and set(decayed) | set(others) == set(params)
    print(f"{len(decayed)} decayed and {len(others)} other parameters")
    return torch.optim.AdamW(
        params=[
            {"params": [params[n] for n in decayed], "weight_decay": weight_decay, "lr": learning_rate},
            {"params": [params[n] for n in others], "weight_decay": 0.0, "lr": learning_rate},
            {"params": [], "weight_decay": 0.0},
        ],
        betas=betas,
    )
