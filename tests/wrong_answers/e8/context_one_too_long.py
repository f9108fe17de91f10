# fails: e8.context
# misconception: e8.context-one-too-long


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            start = max(0, x.shape[1] - self.context_size - 1)
            logits, _ = self(x[:, start:])
            x = torch.cat([x, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return x
