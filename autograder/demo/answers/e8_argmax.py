@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    mode = self.training
    self.eval()
    for _ in range(max_new_tokens):
        logits, _ = self(x[:, -self.context_size :])
        next_token = (logits[:, -1] / temperature).argmax(dim=-1, keepdim=True)
        x = torch.cat((x, next_token), dim=1)
    self.train(mode)
    return x


GPT.generate = generate
