# post-norm, and one LayerNorm for both halves
# fails: e4.norms, e4.residuals
# misconception: e4.post-norm, e4.one-norm-for-both
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        for part in (self.attend, self.think):
            x = self.norms[0](x + part(x))
        return x
