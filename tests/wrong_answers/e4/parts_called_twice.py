# fails: e4.parts, e4.residuals
# says: called 2 times
# misconception: e4.part-called-twice
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln1 = nn.LayerNorm(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ln2 = nn.LayerNorm(hidden_size)
        self.mlp = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.attn(self.ln1(x)) + self.attn(self.ln1(x))
        x = x + self.mlp(self.ln2(x))
        return x
