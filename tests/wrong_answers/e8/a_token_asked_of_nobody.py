# fails: e8.rows, e8.distribution
# misconception: e8.model-not-asked


def generate(self, x, max_new_tokens, temperature=1.0):
    new = torch.randint(0, self.vocab_size, (x.shape[0], max_new_tokens))
    return torch.cat([x, new], dim=1)
