class Optimizer(torch.optim.AdamW):
    def __init__(self, model, wd, lr, betas):
        pairs = [(p.dim() < 2, p) for p in model.parameters() if p.requires_grad]
        super().__init__(
            [{"params": [p for flag, p in pairs if flag is vector], "weight_decay": 0.0 if vector else wd}
             for vector in (False, True)],
            lr=lr, betas=betas, foreach=False)


def configure_optimizers(self, weight_decay, learning_rate, betas):
    return Optimizer(self, weight_decay, learning_rate, betas)
