from types import SimpleNamespace


class Embeddings(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.words = nn.Embedding(cfg.vocab_size, cfg.hidden_size)
        self.places = nn.Embedding(cfg.context_size, cfg.hidden_size)
        self.drop = nn.Dropout(cfg.dropout)

    def forward(self, x):
        return self.drop(self.words(x) + self.places(torch.arange(x.size(1)).unsqueeze(0)))


class Tied(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding  # the module is shared, so the parameter has two names

    def forward(self, h):
        return h @ self.embedding.weight.T


class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.cfg = SimpleNamespace(
            vocab_size=vocab_size, context_size=context_size, hidden_size=hidden_size,
            n_layer=n_layer, n_head=n_head, dropout=dropout)
        self.embeddings = Embeddings(self.cfg)
        self.trunk = nn.Sequential(
            *(Block(hidden_size, n_head, dropout) for _ in range(n_layer)), nn.LayerNorm(hidden_size))
        self.unembed = Tied(self.embeddings.words)
        generator_std = {True: 0.02 / (2 * n_layer) ** 0.5, False: 0.02}
        outputs = {id(b.mlp.output.weight) for b in self.trunk if isinstance(b, Block)}
        for module in self.modules():
            for key, p in module.named_parameters(recurse=False):
                if isinstance(module, nn.LayerNorm):
                    continue
                if key == "bias":
                    nn.init.zeros_(p)
                else:
                    nn.init.normal_(p, 0, generator_std[id(p) in outputs])

    def forward(self, x, y=None):
        """x: (N, T) -> logits (N, T, V), loss"""
        if not x.size(1) <= self.cfg.context_size:
            raise ValueError(f"{x.size(1)=} exceeds {self.cfg.context_size=}")
        logits = self.unembed(self.trunk(self.embeddings(x)))
        loss = None
        if y is not None:
            loss = F.cross_entropy(torch.flatten(logits, end_dim=1), torch.flatten(y))
        return logits, loss
