# two mistakes
# fails: e6.decay, e6.arguments
# misconception: e6.everything-decays, e6.betas-swapped
def configure_optimizers(self, weight_decay, learning_rate, betas):
    second, first = betas
    split = {True: [], False: []}
    for p in self.parameters():
        split[p.dim() >= 2].append(p)
    return torch.optim.AdamW([{"params": split[True]}, {"params": split[False]}], lr=learning_rate,
                             betas=(first, second), weight_decay=weight_decay)
