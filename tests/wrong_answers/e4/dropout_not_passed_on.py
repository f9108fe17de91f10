# fails: e4.parts
# says: pass the constructor's own arguments on
# misconception: e4.dropout-not-passed-on
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln1 = nn.LayerNorm(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, 0.0)
        self.ln2 = nn.LayerNorm(hidden_size)
        self.mlp = MLP(hidden_size, 0.0)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        x = x + self.mlp(self.ln2(x))
        return x
