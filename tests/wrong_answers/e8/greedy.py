# fails: e8.distribution, e8.fresh
# says: do not follow the model's probabilities
# says: two calls in a row
# misconception: e8.greedy


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)
            x = torch.cat([x, probabilities.argmax(dim=-1, keepdim=True)], dim=1)
    self.train(was_training)
    return x
