class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size, self.n_layer, self.p = context_size, n_layer, dropout
        self.E = nn.Parameter(torch.empty(vocab_size, hidden_size))
        self.P = nn.Parameter(torch.empty(1, context_size, hidden_size))
        self.layers = nn.Sequential(*[Block(hidden_size, n_head, dropout) for _ in range(n_layer)])
        self.gamma = nn.Parameter(torch.ones(hidden_size))
        self.beta = nn.Parameter(torch.zeros(hidden_size))
        with torch.no_grad():
            for name, p in self.named_parameters():
                if p.dim() > 1:
                    p.copy_(0.02 * torch.randn_like(p))
                elif "norm" not in name and name not in ("gamma", "beta"):
                    p.zero_()
            for layer in self.layers:
                layer.mlp.output.weight /= (2 * n_layer) ** 0.5

    def forward(self, x, y=None):
        if x.size(1) > self.context_size:
            raise RuntimeError("too long")
        s = self.E[x] + self.P[:, : x.size(1)]
        s = F.dropout(s, self.p, self.training)
        s = self.layers(s)
        mu = s.mean(-1, keepdim=True)
        var = ((s - mu) ** 2).mean(-1, keepdim=True)
        s = (s - mu) / torch.sqrt(var + 1e-5) * self.gamma + self.beta
        logits = s @ self.E.T
        if y is None:
            return logits, None
        logp = torch.log(torch.exp(logits) / torch.exp(logits).sum(-1, keepdim=True))
        return logits, -logp.gather(-1, y.unsqueeze(-1)).mean()
