# fails: e4.norms
# misconception: e4.eps-too-large
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size, 1.0), nn.LayerNorm(hidden_size, 1.0)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.attend(self.norms[0](x))
        return x + self.think(self.norms[1](x))
