def generate(self, x, max_new_tokens, temperature=1.0):
    """The first of exponential clocks, one per token; keyword arguments throughout."""
    flag = bool(self.training)
    self.eval()
    torch.set_grad_enabled(False)
    new = x.new_empty((x.size(0), 0))
    while new.size(1) < max_new_tokens:
        seen = torch.cat([x, new], dim=1)
        logits, _ = self(x=seen[:, -self.context_size :], y=None)
        weights = (logits[:, -1, :] / temperature).softmax(dim=-1)
        clocks = torch.empty_like(weights).exponential_()
        new = torch.cat([new, (weights / clocks).argmax(dim=-1, keepdim=True)], dim=1)
    torch.set_grad_enabled(True)
    self.train(mode=flag)
    return torch.cat([x, new], dim=1)
