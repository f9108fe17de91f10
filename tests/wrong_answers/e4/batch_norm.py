# fails: e4.norms
# misconception: e4.batch-norm
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln1 = nn.BatchNorm1d(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ln2 = nn.BatchNorm1d(hidden_size)
        self.mlp = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.attn(self.ln1(x.transpose(1, 2)).transpose(1, 2))
        x = x + self.mlp(self.ln2(x.transpose(1, 2)).transpose(1, 2))
        return x
