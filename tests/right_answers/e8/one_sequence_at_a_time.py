def generate(self, x, max_new_tokens, temperature=1.0):
    """Row by row."""
    state = self.training
    self.eval()
    rows = []
    with torch.no_grad():
        for row in x:
            for _ in range(max_new_tokens):
                logits, _ = self(row[-self.context_size:].unsqueeze(0))
                probs = torch.softmax(logits[0, -1] / temperature, dim=0)
                row = torch.cat([row, torch.multinomial(probs, 1)])
            rows.append(row)
    if state:
        self.train()
    return torch.stack(rows)
