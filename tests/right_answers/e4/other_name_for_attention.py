# the classes under other names, bound as defaults
Attention = MultiHeadCausalSelfAttention
FeedForward = MLP


class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout, attention=Attention, mlp=FeedForward):
        super().__init__()
        self.attention = attention(hidden_size, n_head, dropout)
        self.mlp = mlp(hidden_size, dropout)
        self.first, self.second = nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.mlp(self.second(x))
