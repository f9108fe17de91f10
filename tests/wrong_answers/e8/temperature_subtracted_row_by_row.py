# fails: e8.temperature
# misconception: e8.temperature-added


def generate(self, x, max_new_tokens, temperature=1.0):
    was = self.training
    self.eval()
    rows = []
    with torch.no_grad():
        for row in x:
            for _ in range(max_new_tokens):
                logits, _ = self(row[None, -self.context_size:])
                p = torch.softmax(logits[0, -1] - temperature, dim=0)
                row = torch.cat([row, p.multinomial(1)])
            rows.append(row)
    self.train(was)
    return torch.stack(rows)
