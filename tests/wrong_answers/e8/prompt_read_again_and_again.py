# fails: e8.rows, e8.context
# misconception: e8.new-tokens-not-read


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    new = []
    for _ in range(max_new_tokens):
        logits, _ = self(x[:, -self.context_size:])
        new.append(F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1))
    self.train(was_training)
    return torch.cat([x, *new], dim=1)
