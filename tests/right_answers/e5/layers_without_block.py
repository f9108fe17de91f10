class Layer(nn.Module):
    """The block again, written out here."""

    def __init__(self, size, heads, p):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(size), nn.LayerNorm(size)])
        self.attend = MultiHeadCausalSelfAttention(size, heads, p)
        self.up = nn.Linear(size, 4 * size)
        self.down = nn.Linear(4 * size, size)
        self.drop = nn.Dropout(p)

    def forward(self, x):
        x = x + self.attend(self.norms[0](x))
        return x + self.drop(self.down(F.gelu(self.up(self.norms[1](x)))))


class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.tokens = nn.Embedding(vocab_size, hidden_size)
        self.places = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList([Layer(hidden_size, n_head, dropout) for _ in range(n_layer)])
        self.norm = nn.LayerNorm(hidden_size)
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.Embedding)):
                nn.init.normal_(m.weight, 0.0, 0.02)
            if isinstance(m, nn.Linear) and m.bias is not None:
                nn.init.zeros_(m.bias)
        for layer in self.layers:
            nn.init.normal_(layer.down.weight, 0.0, 0.02 / math.sqrt(2 * n_layer))

    def forward(self, x, y=None):
        T = x.shape[1]
        if T > self.context_size:
            raise ValueError("too long")
        h = self.drop(self.tokens(x) + self.places.weight[:T])
        for layer in self.layers:
            h = layer(h)
        logits = self.norm(h) @ self.tokens.weight.T
        return logits, (F.cross_entropy(logits.flatten(0, 1), y.flatten()) if y is not None else None)
