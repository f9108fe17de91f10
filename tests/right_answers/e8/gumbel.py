def generate(self, x, max_new_tokens, temperature=1.0):
    """The largest of logits plus Gumbel noise is a draw from the softmax."""
    before = self.training
    self.train(False)
    out = torch.empty(x.shape[0], x.shape[1] + max_new_tokens, dtype=torch.long)
    out[:, : x.shape[1]] = x
    with torch.no_grad():
        for t in range(x.shape[1], out.shape[1]):
            logits, _ = self(out[:, max(0, t - self.context_size) : t])
            noise = -torch.log(-torch.log(torch.rand(logits.shape[0], logits.shape[2])))
            out[:, t] = (logits[:, -1] / temperature + noise).argmax(dim=-1)
    self.train(before)
    return out
