# as in GPT-J
# fails: e4.norms
# misconception: e4.parallel-branches, e4.one-norm-for-both
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        z = self.norms[0](x)
        return x + self.attend(z) + self.think(z)
