# a is put in twice: the same numbers in evaluation only
# fails: e4.parts
# misconception: e4.part-called-twice
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        return x + self.attend(self.norms[0](x)) + self.think(self.norms[1](x + self.attend(self.norms[0](x))))
