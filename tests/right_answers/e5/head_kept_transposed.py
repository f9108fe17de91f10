class GPT(nn.Module):
    """One raw matrix of D x V: its columns are the embeddings."""

    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.W_out = nn.Parameter(torch.randn(hidden_size, vocab_size) * 0.02)
        self.wpe = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout, inplace=True)
        self.blocks = nn.ModuleList()
        for i in range(n_layer):
            self.blocks.append(Block(hidden_size=hidden_size, dropout=dropout, n_head=n_head))
        self.ln = nn.LayerNorm(hidden_size, eps=1e-6)
        nn.init.normal_(self.wpe.weight, std=0.02)
        for block in self.blocks:
            for m in block.modules():
                if isinstance(m, nn.Linear):
                    m.weight.data.normal_(mean=0.0, std=0.02)
                    if m.bias is not None:
                        m.bias.data.zero_()
            block.mlp.output.weight.data.normal_(mean=0.0, std=0.02 / math.sqrt(2 * n_layer))

    def forward(self, x, y=None):
        N, T = x.shape
        if T > self.context_size:
            raise IndexError(f"{T} > {self.context_size}")
        h = self.W_out.t()[x]
        h = h + self.wpe(torch.arange(T).expand(N, T))
        h = self.drop(h)
        for block in self.blocks:
            h = block(h)
        logits = torch.einsum("ntd,dv->ntv", self.ln(h), self.W_out)
        return logits, None if y is None else nn.CrossEntropyLoss()(logits.transpose(1, 2), y)
