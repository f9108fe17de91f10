# fails: e6.decay
# misconception: e6.biases-decay
def configure_optimizers(self, weight_decay, learning_rate, betas):
    of_norms = {id(p) for m in self.modules() if isinstance(m, nn.LayerNorm) for p in m.parameters()}
    alone = [p for p in self.parameters() if id(p) in of_norms]
    others = [p for p in self.parameters() if id(p) not in of_norms]
    return torch.optim.AdamW([dict(params=others, weight_decay=weight_decay), dict(params=alone, weight_decay=0)],
                             lr=learning_rate, betas=betas)
