# fails: e8.context
# misconception: e8.prompt-not-read


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    new = x[:, :0]
    for _ in range(max_new_tokens):
        seen = new[:, -self.context_size:] if new.shape[1] else x[:, -self.context_size:]
        logits, _ = self(seen)
        new = torch.cat([new, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return torch.cat([x, new], dim=1)
