# a wrapper that normalises and adds, twice in a Sequential
class PreNormResidual(nn.Module):
    def __init__(self, dim, fn):
        super().__init__()
        self.fn = fn
        self.norm = nn.LayerNorm(dim)
    def forward(self, x):
        return self.fn(self.norm(x)) + x

class Block(nn.Sequential):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__(
            PreNormResidual(hidden_size, MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)),
            PreNormResidual(hidden_size, MLP(hidden_size, dropout)),
        )
