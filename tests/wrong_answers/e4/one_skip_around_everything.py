# one connection around both parts
# fails: e4.residuals
# misconception: e4.no-residual-around-attention, e4.second-residual-from-the-input
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        y = self.attend(self.norms[0](x))
        return x + self.think(self.norms[1](y))
