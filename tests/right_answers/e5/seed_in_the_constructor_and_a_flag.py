# seeds itself, marks the layers to scale before drawing
class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.vocab_size = vocab_size
        self.context_size = context_size
        self.hidden_size = hidden_size
        self.n_layer = n_layer
        self.n_head = n_head
        self.dropout = dropout

        torch.manual_seed(1337)
        self.tok = nn.Embedding(vocab_size, hidden_size)
        self.pos = nn.Embedding(context_size, hidden_size)
        self.register_buffer("positions", torch.arange(context_size), persistent=False)
        self.body = nn.Sequential(nn.Dropout(dropout), *(Block(hidden_size, n_head, dropout) for _ in range(n_layer)), nn.LayerNorm(hidden_size))
        self.out = nn.Linear(hidden_size, vocab_size, bias=False)
        self.out.weight = self.tok.weight
        for m in self.modules():
            if isinstance(m, MLP):
                linears = [c for c in m.modules() if isinstance(c, nn.Linear)]
                linears[-1].SCALE_INIT = True
        self.apply(self.init)
    def init(self, m):
        std = 0.02
        if getattr(m, "SCALE_INIT", False):
            std *= (2 * self.n_layer) ** -0.5
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, 0, std)
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif isinstance(m, nn.Embedding):
            nn.init.normal_(m.weight, 0, std)
        elif isinstance(m, nn.LayerNorm):
            nn.init.ones_(m.weight)
            nn.init.zeros_(m.bias)
    def forward(self, x, y=None):
        assert x.shape[1] <= self.context_size
        z = self.tok(x) + self.pos(self.positions[: x.shape[1]]).unsqueeze(0)
        logits = self.out(self.body(z))
        return logits, None if y is None else F.nll_loss(F.log_softmax(logits, -1).flatten(0, 1), y.flatten())
