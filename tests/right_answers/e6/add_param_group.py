def configure_optimizers(self, weight_decay, learning_rate, betas):
    optimizer = torch.optim.AdamW(
        (p for p in self.parameters() if p.ndim > 1),
        lr=learning_rate, betas=tuple(betas), eps=1e-8, weight_decay=weight_decay,
    )
    optimizer.add_param_group({"params": [p for p in self.parameters() if p.ndim <= 1], "weight_decay": 0.0})
    return optimizer
