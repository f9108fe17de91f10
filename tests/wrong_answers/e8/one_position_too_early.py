# fails: e8.rows
# misconception: e8.previous-position


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            last = logits[:, -2:, :][:, 0]
            x = torch.cat([x, torch.multinomial(F.softmax(last / temperature, -1), 1)], dim=1)
    self.train(was_training)
    return x
