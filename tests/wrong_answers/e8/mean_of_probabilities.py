# fails: e8.rows
# misconception: e8.positions-merged


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size:])
            p = F.softmax(logits / temperature, dim=-1).mean(dim=1)
            x = torch.cat([x, torch.multinomial(p, 1)], dim=1)
    self.train(was_training)
    return x
