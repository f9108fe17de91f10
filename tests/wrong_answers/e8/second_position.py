# fails: e8.rows
# misconception: e8.second-position


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            x = torch.cat([x, F.softmax(logits[:, min(1, logits.shape[1] - 1)] / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return x
