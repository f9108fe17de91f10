# fails: e8.temperature
# misconception: e8.temperature-not-as-given


def next_token(logits, temperature):
    return torch.multinomial(torch.softmax(logits / temperature, -1), 1)


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            scaled = logits[:, -1] / temperature
            x = torch.cat([x, next_token(scaled, temperature)], dim=1)
    self.train(was_training)
    return x
