# fails: e4.parts
# misconception: e4.parts-not-registered
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.parts = [
            MultiHeadCausalSelfAttention(hidden_size, n_head, dropout), MLP(hidden_size, dropout)
        ]

    def forward(self, x):
        for norm, part in zip(self.norms, self.parts):
            x = x + part(norm(x))
        return x
