# fails: e4.norms, e4.residuals
# misconception: e4.mlp-before-attention, e4.no-residual-around-mlp
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        h = self.think(self.norms[0](x))
        return h + self.attend(self.norms[1](h))
