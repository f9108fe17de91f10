# trunc_normal_ with its absolute bounds of 2, attention scaled as well, IndexError for long ones
class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.vocab_size = vocab_size
        self.context_size = context_size
        self.hidden_size = hidden_size
        self.n_layer = n_layer
        self.n_head = n_head
        self.dropout = dropout

        self.wte = nn.Embedding(vocab_size, hidden_size)
        self.wpe = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        self.h = nn.ModuleList(Block(hidden_size, n_head, dropout) for _ in range(n_layer))
        self.ln_f = nn.LayerNorm(hidden_size)
        for m in self.modules():
            if hasattr(m, "weight") and not isinstance(m, nn.LayerNorm):
                nn.init.trunc_normal_(m.weight, std=0.02)   # cut at +-2, a hundred sigma out
            if getattr(m, "bias", None) is not None and isinstance(m.bias, torch.Tensor):
                nn.init.constant_(m.bias, 0)
        for n, p in self.named_parameters():
            if n.endswith(("attention.projection.weight", "mlp.output.weight")):
                nn.init.trunc_normal_(p, std=0.02 / (2 * n_layer) ** 0.5)
    def forward(self, x, y=None):
        # too long sequences: the table of positions raises an IndexError
        z = self.drop(self.wte(x) + self.wpe(torch.arange(x.size(1))[None]))
        for block in self.h:
            z = block(z)
        logits = F.linear(self.ln_f(z), self.wte.weight)
        loss = F.cross_entropy(logits.transpose(1, 2), y) if y is not None else None
        return logits, loss
