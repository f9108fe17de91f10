# fails: e8.shape
# misconception: e8.prompt-twice


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    text = x.clone()
    for _ in range(max_new_tokens):
        logits, _ = self(text[:, -self.context_size:])
        text = torch.cat([text, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return torch.cat([x, text], dim=1)
