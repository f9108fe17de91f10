# fails: e4.norms
# misconception: e4.no-norm-before-attention
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        x = self.attend(x) + x
        return self.think(self.norms[1](x)) + x
