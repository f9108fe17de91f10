# y is worked out and never used
# fails: e4.residuals
# misconception: e4.branch-lost
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.mlp = MLP(hidden_size, dropout)

    def forward(self, x):
        y = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))
