# three lists of small projections, heads in a loop
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        d = hidden_size // n_head
        if d * n_head != hidden_size:
            raise RuntimeError("heads of unequal width")
        self.q = nn.ModuleList([nn.Linear(hidden_size, d) for _ in range(n_head)])
        self.k = nn.ModuleList([nn.Linear(hidden_size, d) for _ in range(n_head)])
        self.v = nn.ModuleList([nn.Linear(hidden_size, d) for _ in range(n_head)])
        self.o = nn.Linear(hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)
        self.scale = math.sqrt(d)

    def forward(self, x):
        n, t, c = x.shape
        y = torch.zeros_like(x).split(c // len(self.q), dim=-1)
        y = list(y)
        for i, (q, k, v) in enumerate(zip(self.q, self.k, self.v)):
            s = q(x).bmm(k(x).transpose(1, 2)) / self.scale
            s = s.masked_fill(torch.triu(torch.ones(t, t), diagonal=1).bool(), -1e9)
            y[i] = self.drop(s.softmax(-1)).bmm(v(x))
        return self.drop(self.o(torch.cat(y, dim=-1)))
