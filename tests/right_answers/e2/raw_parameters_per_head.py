# bare parameters (h, D, d) and (h, d, D), einsum throughout
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert not hidden_size % n_head
        d = hidden_size // n_head
        std = hidden_size**-0.5
        self.W_Q = nn.Parameter(torch.randn(n_head, hidden_size, d) * std)
        self.W_K = nn.Parameter(torch.randn(n_head, hidden_size, d) * std)
        self.W_V = nn.Parameter(torch.randn(n_head, hidden_size, d) * std)
        self.W_O = nn.Parameter(torch.randn(n_head, d, hidden_size) * std)
        self.b_Q = nn.Parameter(torch.zeros(n_head, d))
        self.b_K = nn.Parameter(torch.zeros(n_head, d))
        self.b_V = nn.Parameter(torch.zeros(n_head, d))
        self.b_O = nn.Parameter(torch.zeros(hidden_size))
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        q = torch.einsum("nti,hid->nthd", x, self.W_Q) + self.b_Q
        k = torch.einsum("nti,hid->nthd", x, self.W_K) + self.b_K
        v = torch.einsum("nti,hid->nthd", x, self.W_V) + self.b_V
        s = torch.einsum("nqhd,nkhd->nhqk", q, k) / q.shape[-1] ** 0.5
        s = s.masked_fill(torch.ones_like(s).triu(1).bool(), -100000)
        z = torch.einsum("nkhd,nhqk->nqhd", v, self.drop(s.softmax(-1)))
        return self.drop(torch.einsum("nqhd,hdo->nqo", z, self.W_O) + self.b_O)
