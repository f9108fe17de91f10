# fails: e8.shape
# misconception: e8.stops-after-one-token


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        logits, _ = self(x[:, -self.context_size:])
        x = torch.cat([x, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
        self.train(was_training)
        return x
    return x
