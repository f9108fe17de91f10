# fails: e8.distribution
# says: probabilities
# misconception: e8.top-k


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)
            best, where = probabilities.topk(5)
            probabilities = torch.zeros_like(probabilities).scatter(1, where, best)
            x = torch.cat([x, torch.multinomial(probabilities, num_samples=1)], dim=1)
    self.train(was_training)
    return x
