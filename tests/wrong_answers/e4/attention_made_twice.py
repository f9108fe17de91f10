# fails: e4.parts
# misconception: e4.part-made-twice
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attends = nn.ModuleList(
            MultiHeadCausalSelfAttention(hidden_size, n_head, dropout) for _ in range(2)
        )
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.attends[0](self.norms[0](x))
        return x + self.think(self.norms[1](x))
