# a post-norm sub-layer
# fails: e3.parameters
# misconception: e3.norm-inside, e3.residual-inside
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.w = nn.Parameter(torch.randn(hidden_size, 4 * hidden_size) * 0.02)
        self.v = nn.Parameter(torch.randn(4 * hidden_size, hidden_size) * 0.02)
        self.norm = nn.LayerNorm(hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.norm(x + self.drop(F.gelu(x @ self.w) @ self.v))
