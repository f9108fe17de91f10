@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    """New tokens are collected and joined once at the end."""
    training = self.training
    self.eval()
    tokens = [x]
    context = x
    for _ in range(max_new_tokens):
        context = context[:, -self.context_size:]
        logits = self(context)[0][:, -1, :]
        probs = F.softmax(logits / temperature, dim=1)
        new = torch.multinomial(probs, 1)
        tokens.append(new)
        context = torch.cat((context, new), dim=-1)
    if training:
        self.train()
    return torch.cat(tokens, dim=1)
