def generate(self, x, max_new_tokens, temperature=1.0):
    """A uniform number and the cumulated probabilities, with a hand-written softmax."""
    was = self.training
    self.eval()
    with torch.set_grad_enabled(False):
        for _ in range(max_new_tokens):
            logits = self(x[..., -self.context_size:], None)[0]
            scores = torch.exp((logits[:, -1] - logits[:, -1].max(dim=-1, keepdim=True).values) / temperature)
            p = scores / scores.sum(dim=-1, keepdim=True)
            u = torch.rand(x.shape[0], 1)
            token = torch.searchsorted(p.cumsum(dim=-1), u).clamp(max=p.shape[-1] - 1)
            x = torch.concat([x, token], 1)
    self.train(was)
    return x
