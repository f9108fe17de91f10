# fails: e8.temperature
# misconception: e8.temperature-not-taken


def generate(self, x, max_new_tokens):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        while max_new_tokens > 0:
            logits, _ = self(x[:, -self.context_size:])
            x = torch.cat([x, F.softmax(logits[:, -1], dim=-1).multinomial(1)], dim=1)
            max_new_tokens -= 1
    self.train(was_training)
    return x
