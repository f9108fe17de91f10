# scaled once more, as scores are
# fails: e8.distribution
# misconception: e8.logits-scaled


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            logits = logits[:, -1] / (temperature * 5 ** 0.5)
            x = torch.cat([x, F.softmax(logits, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return x
