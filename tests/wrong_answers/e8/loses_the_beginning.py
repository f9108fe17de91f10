# fails: e8.context
# misconception: e8.result-cropped


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        x = x[:, -self.context_size :]
        logits, _ = self(x)
        probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)
        x = torch.cat([x, torch.multinomial(probabilities, num_samples=1)], dim=1)
    self.train(was_training)
    return x
