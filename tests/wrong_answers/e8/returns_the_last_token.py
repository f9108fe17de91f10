# fails: e8.shape
# misconception: e8.only-last-token-returned


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    token = x[:, -1:]
    for _ in range(max_new_tokens):
        logits, _ = self(x[:, -self.context_size:])
        token = F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)
        x = torch.cat([x, token], dim=1)
    self.train(was_training)
    return token
