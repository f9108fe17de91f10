# fails: e5.init
# says: does not start at 0
# misconception: e5.biases-drawn
class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.vocab_size = vocab_size
        self.context_size = context_size
        self.tok_emb = nn.Embedding(vocab_size, hidden_size)
        self.pos_emb = nn.Embedding(context_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList([Block(hidden_size, n_head, dropout) for _ in range(n_layer)])
        self.ln_f = nn.LayerNorm(hidden_size)
        self.head = nn.Linear(hidden_size, vocab_size, bias=False)
        self.head.weight = self.tok_emb.weight
        self.apply(self.init_weights)
        for block in self.blocks:
            nn.init.normal_(block.mlp.output.weight, std=0.02 / math.sqrt(2 * n_layer))

    def init_weights(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.02)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, x, y=None):
        N, T = x.shape
        if T > self.context_size:
            raise ValueError(f"{T} tokens are more than {self.context_size}")
        h = self.tok_emb(x) + self.pos_emb(torch.arange(T, device=x.device))
        h = self.drop(h)
        for block in self.blocks:
            h = block(h)
        h = self.ln_f(h)
        logits = self.head(h)
        loss = None
        if y is not None:
            loss = F.cross_entropy(logits.view(-1, self.vocab_size), y.view(-1))
        return logits, loss
