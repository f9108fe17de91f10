class GPT(nn.Module):
    """torch's own pre-norm layers with a causal mask do what Block does."""

    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.tokens = nn.Embedding(vocab_size, hidden_size)
        self.places = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(
            hidden_size, n_head, 4 * hidden_size, dropout, "gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(
            layer, n_layer, norm=nn.LayerNorm(hidden_size), enable_nested_tensor=False
        )
        self.out = nn.Linear(hidden_size, vocab_size, bias=False)
        self.out.weight = self.tokens.weight
        for name, p in self.named_parameters():
            if p.dim() > 1:
                scale = math.sqrt(2 * n_layer) if name.endswith("linear2.weight") else 1.0
                nn.init.normal_(p, 0.0, 0.02 / scale)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, x, y=None):
        T = x.shape[1]
        if T > self.context_size:
            raise ValueError("too long")
        h = self.drop(self.tokens(x) + self.places(torch.arange(T)))
        mask = torch.full((T, T), float("-inf")).triu(1)
        logits = self.out(self.encoder(h, mask=mask, is_causal=True))
        return logits, None if y is None else F.cross_entropy(logits.mT, y)
