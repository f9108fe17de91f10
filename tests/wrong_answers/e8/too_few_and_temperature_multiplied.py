# fails: e8.shape, e8.temperature
# misconception: e8.one-token-too-few, e8.temperature-multiplied


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    """Two mistakes."""
    was = self.training
    self.eval()
    for _ in range(1, max_new_tokens):
        logits, _ = self(x[:, -self.context_size:])
        x = torch.cat([x, F.softmax(logits[:, -1] * temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was)
    return x
