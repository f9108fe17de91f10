# fails: e4.parts
# misconception: e4.attention-for-mlp
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.first, self.second = nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)
        self.one = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.two = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)

    def forward(self, x):
        x = x + self.one(self.first(x))
        return x + self.two(self.second(x))
