# (d, h, 3): everything the other way round
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.h = n_head
        self.d, rest = divmod(hidden_size, n_head)
        if rest:
            raise ValueError("no")
        self.w = nn.Linear(hidden_size, 3 * hidden_size)
        self.z = nn.Linear(hidden_size, hidden_size)
        self.drop1 = nn.Dropout(p=dropout)
        self.drop2 = nn.Dropout(p=dropout)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.w(x).view(N, T, self.d, self.h, 3).permute(4, 0, 3, 1, 2)
        s = q @ k.mT / math.sqrt(self.d)
        s.masked_fill_(torch.ones(T, T, dtype=torch.bool).triu(1), -math.inf)
        y = self.drop1(s.softmax(-1)) @ v  # (N, h, T, d)
        y = y.permute(0, 2, 3, 1).reshape(N, T, D)
        return self.drop2(self.z(y))
