# fails: e8.distribution
# misconception: e8.rare-tokens-cut-off


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            p = F.softmax(logits[:, -1] / temperature, dim=-1)
            p = torch.where(p < 0.05, 0.0, p)
            x = torch.cat([x, p.multinomial(1)], dim=1)
    self.train(was_training)
    return x
