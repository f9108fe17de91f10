# two mistakes: the first position, and probabilities given as logits
# fails: e8.rows, e8.distribution
# misconception: e8.first-position, e8.softmax-twice


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            p = F.softmax(logits[:, 0] / temperature, dim=-1)
            x = torch.cat([x, torch.distributions.Categorical(logits=p).sample()[:, None]], dim=1)
    self.train(was_training)
    return x
