# fails: e4.parts
# misconception: e4.dropout-not-passed-on, e4.parts-made-in-forward
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln1 = nn.LayerNorm(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ln2 = nn.LayerNorm(hidden_size)
        self.hidden_size, self.dropout = hidden_size, dropout

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        x = x + MLP(self.hidden_size, 0.0)(self.ln2(x))
        return x
