# fails: e5.blocks, e5.parameters
# misconception: e5.one-block-too-many
class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.vocab_size = vocab_size
        self.context_size = context_size
        self.hidden_size = hidden_size
        self.n_layer = n_layer
        self.n_head = n_head
        self.dropout = dropout
        self.transformer = nn.ModuleDict(dict(
            wte=nn.Embedding(vocab_size, hidden_size),
            wpe=nn.Embedding(context_size, hidden_size),
            drop=nn.Dropout(dropout),
            h=nn.ModuleList([Block(hidden_size, n_head, dropout) for _ in range(n_layer + 1)]),
            ln_f=nn.LayerNorm(hidden_size),
        ))
        self.lm_head = nn.Linear(hidden_size, vocab_size, bias=False)
        self.transformer.wte.weight = self.lm_head.weight
        self.apply(self._init_weights)
        for name, p in self.named_parameters():
            if name.endswith("mlp.output.weight"):
                torch.nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * n_layer))

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, x, y=None):
        b, t = x.size()
        assert t <= self.context_size, f"cannot forward {t} tokens"
        pos = torch.arange(0, t, dtype=torch.long, device=x.device)
        tok_emb = self.transformer.wte(x)
        pos_emb = self.transformer.wpe(pos)
        h = self.transformer.drop(tok_emb + pos_emb)
        for block in self.transformer.h[: self.n_layer]:
            h = block(h)
        h = self.transformer.ln_f(h)
        logits = self.lm_head(h)
        loss = None
        if y is not None:
            loss = F.cross_entropy(logits.view(-1, logits.size(-1)), y.reshape(-1))
        return logits, loss
