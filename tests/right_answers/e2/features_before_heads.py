# puts the heads together feature by feature, which the output projection undoes
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head != 0:
            raise ValueError(f"{hidden_size} is not a multiple of {n_head}")
        self.n_head = n_head
        self.w = nn.Parameter(torch.randn(3, hidden_size, hidden_size) * 0.1)
        self.o = nn.Parameter(torch.randn(hidden_size, hidden_size) * 0.1)
        self.drop1, self.drop2 = nn.Dropout(dropout), nn.Dropout(dropout)

    def forward(self, x):
        q, k, v = torch.einsum("ntd,kde->knte", x, self.w).unflatten(-1, (self.n_head, -1))
        s = torch.einsum("nihd,njhd->nhij", q, k) / math.sqrt(q.shape[-1])
        t = x.shape[1]
        s = s.masked_fill(~torch.ones(t, t, dtype=torch.bool).tril(), -torch.inf)
        y = torch.einsum("nhij,njhd->nidh", self.drop1(s.softmax(-1)), v)
        return self.drop2(y.flatten(2) @ self.o)
