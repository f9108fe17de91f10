# projections as convolutions of kernel size one
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head != 0:
            raise Exception("bad sizes")
        self.h = n_head
        self.into = nn.Conv1d(hidden_size, 3 * hidden_size, 1)
        self.out = nn.Conv1d(hidden_size, hidden_size, 1)
        self.d1 = nn.Dropout(dropout)
        self.d2 = nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.into(x.mT).view(N, 3, self.h, D // self.h, T).unbind(1)  # (N, h, d, T)
        s = q.mT @ k / math.sqrt(D // self.h)
        s = s.masked_fill(torch.ones(T, T).triu(1).bool(), -torch.inf)
        y = v @ self.d1(s.softmax(-1)).mT
        return self.d2(self.out(y.reshape(N, D, T))).mT
