class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.V, self.C = vocab_size, context_size
        self.unembed = nn.Linear(hidden_size, vocab_size, bias=False)
        self.position = nn.Parameter(torch.zeros(context_size, hidden_size))
        self.drop = nn.Dropout(dropout)
        self.tower = nn.ModuleDict({str(i): Block(hidden_size, n_head, dropout) for i in range(n_layer)})
        self.last_norm = nn.LayerNorm(hidden_size)
        for p in self.parameters():
            if p.ndim == 2:
                nn.init.normal_(p, std=0.02)
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.LayerNorm)) and m.bias is not None:
                nn.init.zeros_(m.bias)
            if isinstance(m, MLP):
                nn.init.normal_(m.output.weight, std=0.02 / math.sqrt(2 * n_layer))

    def embed(self, x):
        T = x.shape[1]
        tokens = F.one_hot(x, self.V).to(self.unembed.weight.dtype) @ self.unembed.weight
        places = torch.eye(self.C)[:T] @ self.position
        return self.drop(tokens + places)

    def forward(self, x, y=None):
        if x.shape[1] > self.C:
            raise ValueError
        h = self.embed(x)
        for layer in self.tower.values():
            h = layer(h)
        logits = self.unembed(self.last_norm(h))
        if y is None:
            return logits, None
        log_probs = logits.log_softmax(dim=-1)
        return logits, F.nll_loss(log_probs.flatten(0, 1), y.flatten())
