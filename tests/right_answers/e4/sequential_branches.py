# each branch is a Sequential of norm and part
class Residual(nn.Module):
    def __init__(self, *branch):
        super().__init__()
        self.branch = nn.Sequential(*branch)

    def forward(self, x):
        return x + self.branch(x)


class Block(nn.Sequential):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__(
            Residual(
                nn.LayerNorm(hidden_size),
                MultiHeadCausalSelfAttention(hidden_size, n_head, dropout),
            ),
            Residual(nn.LayerNorm(hidden_size), MLP(hidden_size, dropout)),
        )
