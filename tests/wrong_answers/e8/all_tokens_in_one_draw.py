# all new tokens come from the first distribution
# fails: e8.rows, e8.context
# misconception: e8.new-tokens-not-read
@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(1):
        x_cond = x if x.size(1) <= self.context_size else x[:, -self.context_size:]
        logits, _ = self(x_cond)
        logits = logits[:, -1, :] / temperature
        probs = F.softmax(logits, dim=-1)
        x_next = torch.multinomial(probs, num_samples=max_new_tokens, replacement=True)
        x = torch.cat((x, x_next), dim=1)
    self.train(was_training)
    return x
