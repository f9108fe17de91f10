# probabilities rounded to one digit
# fails: e8.distribution
# says: probabilities
# misconception: none
@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        x_cond = x if x.size(1) <= self.context_size else x[:, -self.context_size:]
        logits, _ = self(x_cond)
        logits = logits[:, -1, :] / temperature
        probs = (F.softmax(logits, dim=-1) * 10).round().clamp(min=1e-3)
        x_next = torch.multinomial(probs, num_samples=1)
        x = torch.cat((x, x_next), dim=1)
    self.train(was_training)
    return x
