# fails: e8.context
# misconception: e8.context-padded


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            window = x[:, -self.context_size:]
            window = F.pad(window, (self.context_size - window.shape[1], 0))
            logits, _ = self(window)
            x = torch.cat([x, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return x
