# fails: e8.shape, e8.rows, e8.distribution
# says: what the model says next
# misconception: e8.uniform


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)
            x = torch.cat([x, torch.randint(self.vocab_size, (len(x), 1))], dim=1)
    self.train(was_training)
    return x
