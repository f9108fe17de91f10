# the name that other models give it
# fails: e8.shape, e8.rows, e8.distribution
# misconception: e8.attribute-not-there
@torch.no_grad()
def generate(self, idx, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        idx_cond = idx if idx.size(1) <= self.block_size else idx[:, -self.block_size:]
        logits, _ = self(idx_cond)
        probs = F.softmax(logits[:, -1, :] / temperature, dim=-1)
        idx = torch.cat((idx, torch.multinomial(probs, num_samples=1)), dim=1)
    self.train(was_training)
    return idx
