# fused in another order, without any bias
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head != 0:
            raise ValueError(f"{n_head} heads do not divide {hidden_size}")
        self.h, self.d = n_head, hidden_size // n_head
        self.kvq = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.o = nn.Linear(hidden_size, hidden_size, bias=False)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        k, v, q = self.kvq(x).view(N, T, 3, self.h, self.d).permute(2, 0, 3, 1, 4)
        s = torch.einsum("nhqd,nhkd->nhqk", q, k) / self.d**0.5
        s = s + torch.full((T, T), -torch.inf).triu(1)
        o = torch.einsum("nhqk,nhkd->nqhd", self.drop(s.softmax(-1)), v)
        return self.drop(self.o(o.flatten(2)))
