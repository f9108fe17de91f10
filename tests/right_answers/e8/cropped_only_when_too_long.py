@torch.no_grad()
def generate(self, idx, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        idx_cond = idx if idx.size(1) <= self.context_size else idx[:, -self.context_size:]
        logits, _ = self(idx_cond)
        logits = logits[:, -1, :] / temperature
        probs = F.softmax(logits, dim=-1)
        idx_next = torch.multinomial(probs, num_samples=1)
        idx = torch.cat((idx, idx_next), dim=1)
    self.train(was_training)
    return idx
