# fails: e8.distribution
# misconception: e8.other-default-temperature


def generate(self, x, max_new_tokens, temperature=0.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)
            x = torch.cat([x, torch.multinomial(probabilities, num_samples=1)], dim=1)
    self.train(was_training)
    return x
