# fails: e8.shape
# says: the first 4 tokens
# misconception: e8.tokens-in-front


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)
            x = torch.cat([torch.multinomial(probabilities, num_samples=1), x], dim=1)
    self.train(was_training)
    return x
