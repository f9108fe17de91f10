class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.tok = nn.Embedding(vocab_size, hidden_size)
        self.pos = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.Sequential(*[Block(hidden_size, n_head, dropout) for _ in range(n_layer)])
        self.ln = nn.LayerNorm(hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size, bias=False)
        self.out.weight = self.tok.weight
        # a fresh matrix for each weight: this quietly unties the two
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.Embedding)):
                m.weight = nn.Parameter(torch.randn_like(m.weight) * 0.02)
            if isinstance(m, nn.Linear) and m.bias is not None:
                nn.init.zeros_(m.bias)
        # the last 4D -> D matrix of each layer is the MLP's output
        for layer in self.layers:
            wide = [p for p in layer.parameters() if p.shape == (hidden_size, 4 * hidden_size)]
            for p in wide:
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * n_layer))

    def forward(self, x, y=None):
        N, T = x.shape
        assert T <= self.context_size, "too long"
        h = self.drop(self.tok(x) + self.pos(torch.arange(T)))
        logits = self.out(self.ln(self.layers(h)))
        loss = None if y is None else F.cross_entropy(logits.view(N * T, -1), y.reshape(-1))
        return logits, loss
