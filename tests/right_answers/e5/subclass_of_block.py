class Layer(Block):
    def initialise(self, n_layer):
        for part in self.modules():
            if type(part) is nn.Linear:
                part.weight.data = torch.randn_like(part.weight) * 0.02
                if part.bias is not None:
                    part.bias.data *= 0
        self.mlp.output.weight = nn.Parameter(self.mlp.output.weight.detach() / math.sqrt(2 * n_layer))


class GPT(nn.Module):
    def __init__(self, *args):
        super().__init__()
        (self.vocab_size, self.context_size, self.hidden_size,
         self.n_layer, self.n_head, self.dropout) = args
        D = self.hidden_size
        self.embedding = nn.Embedding(self.vocab_size, D, _weight=torch.randn(self.vocab_size, D) * 0.02)
        self.positional = nn.Embedding.from_pretrained(torch.randn(self.context_size, D) * 0.02, freeze=False)
        self.blocks = nn.ModuleList([])
        while len(self.blocks) < self.n_layer:
            self.blocks.append(Layer(D, self.n_head, self.dropout))
            self.blocks[-1].initialise(self.n_layer)
        self.norm = nn.LayerNorm(D)

    def forward(self, x, y=None):
        if len(x[0]) > self.context_size:
            raise Exception("sequence too long")
        stream = nn.Dropout(self.dropout).train(self.training)(
            self.embedding(x) + self.positional(torch.arange(len(x[0])))
        )
        for block in self.blocks:
            stream = block.forward(stream)
        logits = self.norm(stream).matmul(self.embedding.weight.transpose(0, 1))
        if y is None:
            return logits, None
        per_token = F.cross_entropy(logits.permute(0, 2, 1), y, reduction="none")
        return logits, per_token.sum() / y.numel()
