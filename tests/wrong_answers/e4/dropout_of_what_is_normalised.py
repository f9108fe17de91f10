# in evaluation as well
# fails: e4.norms
# misconception: e4.extra-dropout
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        a = x + self.attend(F.dropout(self.norms[0](x), 0.1))
        return a + self.think(self.norms[1](a))
