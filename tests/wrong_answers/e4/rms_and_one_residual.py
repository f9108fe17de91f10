# fails: e4.norms, e4.residuals
# misconception: e4.norm-without-mean, e4.no-residual-around-mlp
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.one, self.two = nn.RMSNorm(hidden_size), nn.RMSNorm(hidden_size)
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.attend(self.one(x))
        return self.think(self.two(x))
