# fails: e8.temperature
# says: temperature
# misconception: e8.temperature-under-another-name


def generate(self, x, max_new_tokens, t=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / t, dim=-1)
            x = torch.cat([x, torch.multinomial(probabilities, num_samples=1)], dim=1)
    self.train(was_training)
    return x
