# fails: e8.quiet
# says: records gradients
# misconception: e8.gradients-recorded


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.enable_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)
            x = torch.cat([x, torch.multinomial(probabilities, num_samples=1)], dim=1)
    self.train(was_training)
    return x
