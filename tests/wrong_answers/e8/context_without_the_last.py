# shifted by one, as targets are in training
# fails: e8.rows
# misconception: e8.last-token-not-read


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            window = x[:, -self.context_size - 1:-1] if x.shape[1] > 1 else x
            logits, _ = self(window)
            x = torch.cat([x, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return x
