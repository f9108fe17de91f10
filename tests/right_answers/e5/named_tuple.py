from typing import NamedTuple, Optional


class Output(NamedTuple):
    logits: torch.Tensor
    loss: Optional[torch.Tensor]


class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.wte = nn.Embedding(vocab_size, hidden_size)
        self.wpe = nn.Embedding(context_size, hidden_size)
        self.blocks = nn.ModuleList([Block(hidden_size, n_head, dropout) for _ in range(n_layer)])
        self.drop = nn.Dropout(dropout)
        self.ln = nn.LayerNorm(hidden_size)
        self.lm_head = nn.Linear(hidden_size, vocab_size, bias=False)

        def init(m):
            classname = m.__class__.__name__
            if classname.find("Linear") != -1 or classname == "Embedding":
                m.weight.data.normal_(0.0, 0.02)
                if getattr(m, "bias", None) is not None:
                    m.bias.data.fill_(0)
            elif classname == "Block":
                pass

        self.apply(init)
        for blk in self.blocks:
            blk.mlp.output.weight.data.div_(math.sqrt(2 * n_layer))
            blk.attention.projection.weight.data.div_(math.sqrt(2 * n_layer))
        self.lm_head.weight = self.wte.weight  # tied last

    def forward(self, x, y=None):
        N, T = x.shape
        if T > self.context_size:
            raise ValueError(f"T={T} > C={self.context_size}")
        pos_ids = torch.arange(T).repeat(N, 1)
        h = self.drop(self.wte(x).add_(self.wpe(pos_ids)))
        for i in range(len(self.blocks)):
            h = self.blocks[i](h)
        logits = self.lm_head(self.ln(h))
        loss = None
        if y is not None:
            one_hot = F.one_hot(y, logits.shape[-1]).float()
            loss = -(one_hot * F.log_softmax(logits, -1)).sum() / (N * T)
        return Output(logits=logits, loss=loss)
