# fails: e5.dropout
# misconception: e5.dropout-rate-inverted
class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.context_size = context_size
        self.rate = dropout
        self.words = nn.Parameter(torch.randn(vocab_size, hidden_size) * 0.02)
        self.places = nn.Parameter(torch.randn(context_size, hidden_size) * 0.02)
        self.layers = nn.Sequential(*(Block(hidden_size, n_head, 1 - dropout) for _ in range(n_layer)))
        self.gain = nn.Parameter(torch.ones(hidden_size))
        self.shift = nn.Parameter(torch.zeros(hidden_size))
        for layer in self.layers:
            for name, p in layer.named_parameters():
                if p.dim() > 1:
                    nn.init.normal_(p, 0, 0.02)
                elif "bias" in name:
                    nn.init.zeros_(p)
            with torch.no_grad():
                layer.mlp.output.weight.mul_((2 * n_layer) ** -0.5)

    def forward(self, x, y=None):
        if x.size(1) > self.context_size:
            raise ValueError("the text is too long")
        h = F.embedding(x, self.words) + self.places[: x.size(1)]
        h = F.dropout(h, self.rate, self.training)
        h = self.layers(h)
        h = F.layer_norm(h, h.shape[-1:], self.gain, self.shift)
        logits = h @ self.words.T
        if y is None:
            return logits, None
        loss = F.cross_entropy(logits.transpose(1, 2), y)
        return logits, loss
