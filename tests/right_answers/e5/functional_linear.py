def initialise(module):
    if hasattr(module, "weight") and isinstance(module.weight, nn.Parameter):
        if module.weight.dim() >= 2:
            nn.init.trunc_normal_(module.weight, std=0.02)  # cut off at +-2, a hundred sigma away
        else:
            nn.init.ones_(module.weight)
    if getattr(module, "bias", None) is not None:
        nn.init.constant_(module.bias, 0.0)


class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.vocab_size = vocab_size
        self.embed = nn.Embedding(vocab_size, hidden_size)
        self.embed_position = nn.Embedding(context_size, hidden_size)
        self.dropout = nn.Dropout(p=dropout)
        for i in range(n_layer):
            setattr(self, f"block_{i}", Block(hidden_size, n_head, dropout))
        self.n_layer = n_layer
        self.norm = nn.LayerNorm(hidden_size)
        self.apply(initialise)
        for i in range(n_layer):
            block = getattr(self, f"block_{i}")
            nn.init.normal_(block.mlp.output.weight, 0, 0.02 / (2 * n_layer) ** 0.5)

    def forward(self, x, y=None):
        # a position beyond the table raises by itself
        positions = torch.arange(x.shape[-1], device=x.device)
        stream = self.dropout(self.embed(x) + self.embed_position(positions)[None])
        for i in range(self.n_layer):
            stream = getattr(self, f"block_{i}")(stream)
        logits = F.linear(self.norm(stream), self.embed.weight)
        loss = None
        if y is not None:
            loss = F.cross_entropy(logits.reshape(-1, self.vocab_size), y.reshape(-1))
        return (logits, loss)
