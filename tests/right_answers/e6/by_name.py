def configure_optimizers(self, weight_decay, learning_rate, betas):
    # right for this model: everything with "norm" or "bias" in its name is a vector
    vectors = {n: p for n, p in self.named_parameters() if n.endswith("bias") or "norm" in n}
    matrices = {n: p for n, p in self.named_parameters() if n not in vectors}
    return torch.optim.AdamW(
        [dict(params=list(vectors.values()), weight_decay=0), dict(params=list(matrices.values()))],
        lr=learning_rate, betas=betas, weight_decay=weight_decay,
    )
