# Categorical takes probabilities first, and logits by name
# fails: e8.distribution
# misconception: e8.logits-taken-for-probabilities


from torch.distributions import Categorical


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            token = Categorical(probs=logits[:, -1] / temperature).sample()
            x = torch.cat([x, token[:, None]], dim=1)
    self.train(was_training)
    return x
