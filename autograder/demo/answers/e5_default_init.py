class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.tok = nn.Embedding(vocab_size, hidden_size)
        self.pos = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList([Block(hidden_size, n_head, dropout) for _ in range(n_layer)])
        self.ln = nn.LayerNorm(hidden_size)

    def forward(self, x, y=None):
        N, T = x.shape
        if T > self.context_size:
            raise ValueError("sequence longer than the context")
        h = self.drop(self.tok(x) + self.pos(torch.arange(T)))
        for layer in self.layers:
            h = layer(h)
        logits = self.ln(h) @ self.tok.weight.T
        if y is None:
            return logits, None
        return logits, F.cross_entropy(logits.transpose(1, 2), y)
