# fails: e8.context, e8.mode
# misconception: e8.context-not-cropped, e8.left-in-evaluation


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    """Two mistakes."""
    self.eval()
    for _ in range(max_new_tokens):
        logits, _ = self(x)
        x = torch.cat([x, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
    return x
