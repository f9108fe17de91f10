# x += ...: right output, but backward fails
# fails: e4.residuals
# says: cannot be trained
# misconception: e4.overwritten-in-place
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln_1 = nn.LayerNorm(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ln_2 = nn.LayerNorm(hidden_size)
        self.mlp = MLP(hidden_size, dropout)

    def forward(self, x):
        x += self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x
