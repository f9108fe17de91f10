def configure_optimizers(self, weight_decay, learning_rate, betas):
    biases = [p for n, p in self.named_parameters() if p.dim() < 2 and n.endswith("bias")]
    scales = [p for n, p in self.named_parameters() if p.dim() < 2 and not n.endswith("bias")]
    matrices = [p for p in self.parameters() if p.dim() >= 2]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": weight_decay},
            {"params": biases, "weight_decay": 0.0},
            {"params": scales, "weight_decay": 0.0},
        ],
        lr=learning_rate,
        betas=betas,
    )
