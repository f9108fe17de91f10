# the same u for all rows of the batch
# fails: e8.distribution, e8.fresh
# misconception: e8.one-draw-for-the-batch


def generate(self, x, max_new_tokens, temperature=1.0):
    was = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits = self(x[:, -self.context_size:])[0][:, -1]
            edges = (logits / temperature).softmax(-1).cumsum(-1)
            u = torch.rand(1)
            token = (edges < u).sum(-1, keepdim=True).clamp(max=edges.shape[-1] - 1)
            x = torch.cat([x, token], dim=1)
    self.train(was)
    return x
