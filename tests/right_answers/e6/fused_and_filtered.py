def configure_optimizers(self, weight_decay, learning_rate, betas):
    wanted = list(filter(lambda p: p.requires_grad, self.parameters()))
    is_matrix = [p.dim() >= 2 for p in wanted]
    decay_params = [p for p, flag in zip(wanted, is_matrix) if flag]
    nodecay_params = [p for p, flag in zip(wanted, is_matrix) if not flag]
    config = {"lr": learning_rate, "betas": betas, "fused": True}
    return torch.optim.AdamW([
        {"params": decay_params, "weight_decay": weight_decay},
        {"params": nodecay_params, "weight_decay": 0.0},
    ], **config)
