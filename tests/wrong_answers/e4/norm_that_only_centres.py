# fails: e4.norms
# misconception: e4.norm-without-deviation
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.gain = nn.ParameterList([nn.Parameter(torch.ones(hidden_size)) for _ in range(2)])
        self.shift = nn.ParameterList([nn.Parameter(torch.zeros(hidden_size)) for _ in range(2)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        a = x + self.attend(self.norm(x, 0))
        return a + self.think(self.norm(a, 1))

    def norm(self, x, i):
        return (x - x.mean(2, keepdim=True)) * self.gain[i] + self.shift[i]
