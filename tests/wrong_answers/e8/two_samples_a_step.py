# fails: e8.shape
# misconception: e8.two-tokens-a-step


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            p = F.softmax(logits[:, -1] / temperature, dim=-1)
            x = torch.cat([x, torch.multinomial(p, 2, replacement=True)], dim=1)
    self.train(was_training)
    return x
