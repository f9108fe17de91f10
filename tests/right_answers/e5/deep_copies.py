import copy


class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.tok = nn.Embedding(vocab_size, hidden_size)
        self.pos = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        template = Block(hidden_size, n_head, dropout)
        self.stack = nn.ModuleList([copy.deepcopy(template) for _ in range(n_layer)])
        self.ln_f = nn.LayerNorm(hidden_size, bias=False)
        self.head = nn.Linear(hidden_size, vocab_size, bias=False)
        del self.head.weight
        self.head.register_parameter("weight", self.tok.weight)
        self.register_buffer("positions", torch.arange(context_size), persistent=False)
        self.reset_parameters(n_layer)

    @torch.no_grad()
    def reset_parameters(self, n_layer):
        for name, parameter in self.named_parameters():
            if parameter.dim() < 2:
                parameter.fill_(1.0 if "norm" in name and "weight" in name or name == "ln_f.weight" else 0.0)
            elif ".mlp.output." in name:
                parameter.normal_(0, 0.02 / math.sqrt(2.0 * n_layer))
            else:
                parameter.normal_(0, 0.02)

    def forward(self, x, y=None):
        n, t = x.size()
        if t > self.context_size:
            raise ValueError(f"at most {self.context_size} tokens, got {t}")
        h = self.drop(self.pos(self.positions[:t]) + self.tok(x))
        for block in self.stack:
            h = block(h)
        logits = self.head(self.ln_f(h))
        loss = None if y is None else F.cross_entropy(logits.view(n * t, -1), y.contiguous().view(n * t))
        return logits, loss
