# fails: e8.mode
# misconception: e8.mode-back-too-early


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    mode = self.training
    self.eval()
    for _ in range(max_new_tokens):
        logits, _ = self(x[:, -self.context_size:])
        x = torch.cat([x, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
        self.train(mode)
    return x
