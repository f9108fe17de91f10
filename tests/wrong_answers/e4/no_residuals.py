# fails: e4.residuals
# misconception: e4.no-residual-around-attention, e4.no-residual-around-mlp
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln1 = nn.LayerNorm(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ln2 = nn.LayerNorm(hidden_size)
        self.mlp = MLP(hidden_size, dropout)

    def forward(self, x):
        x = self.attn(self.ln1(x))
        x = self.mlp(self.ln2(x))
        return x
