# fails: e4.norms
# misconception: e4.norm-over-other-axis
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.w1, self.b1 = nn.Parameter(torch.ones(hidden_size)), nn.Parameter(torch.zeros(hidden_size))
        self.w2, self.b2 = nn.Parameter(torch.ones(hidden_size)), nn.Parameter(torch.zeros(hidden_size))
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.attend(self.normed(x) * self.w1 + self.b1)
        return x + self.think(self.normed(x) * self.w2 + self.b2)

    def normed(self, x):
        return (x - x.mean((0, 1))) / (x.var((0, 1), unbiased=False) + 1e-5).sqrt()
