# fails: e8.distribution, e8.fresh
# misconception: e8.greedy


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was = self.training
    self.eval()
    rows = [row.tolist() for row in x]
    for row in rows:
        for _ in range(max_new_tokens):
            logits, _ = self(torch.tensor([row[-self.context_size:]]))
            row.append(int(logits[0, -1].argmax()))
    self.train(was)
    return torch.tensor(rows)
