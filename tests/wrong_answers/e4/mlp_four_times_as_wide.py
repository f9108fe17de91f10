# fails: e4.parts
# misconception: e4.other-width-passed-on
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(4 * hidden_size, dropout)

    def forward(self, x):
        x = x + self.attend(self.norms[0](x))
        return x + self.think(self.norms[1](x))
