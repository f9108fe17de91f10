@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    mode = self.training
    self.eval()
    for _ in range(max_new_tokens):
        logits, _ = self(x)
        p = F.softmax(logits[:, -1, :] / temperature, dim=-1)
        x = torch.cat((x, torch.multinomial(p, 1)), dim=1)
    self.train(mode)
    return x


GPT.generate = generate
