# the MLP's branch is multiplied by a learned number that starts at 0
# fails: e4.residuals
# misconception: e4.sum-scaled
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.gate = nn.Parameter(torch.zeros(1))
        self.ln_1 = nn.LayerNorm(hidden_size)
        self.attn = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ln_2 = nn.LayerNorm(hidden_size)
        self.mlp = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.gate * self.mlp(self.ln_2(x))
        return x
