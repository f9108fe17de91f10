# fails: e8.shape, e8.rows, e8.distribution, e8.fresh, e8.context, e8.mode, e8.quiet
# misconception: e8.model-not-asked


def generate(self, x, max_new_tokens, temperature=1.0):
    return torch.cat([x, torch.zeros(len(x), max_new_tokens, dtype=torch.long)], dim=1)
