# fails: e8.shape
# misconception: e8.no-tensor-returned


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    p = None
    for _ in range(max_new_tokens):
        p = F.softmax(self(x[:, -self.context_size:])[0][:, -1] / temperature, dim=-1)
        x = torch.cat([x, torch.multinomial(p, 1)], dim=1)
    self.train(was_training)
    return x, p
