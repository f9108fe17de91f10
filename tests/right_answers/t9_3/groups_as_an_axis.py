class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        self.h, self.g, self.d = n_head, n_kv_head, hidden_size // n_head
        self.wq = nn.Linear(hidden_size, n_head * self.d, bias=False)
        self.wk = nn.Linear(hidden_size, n_kv_head * self.d, bias=False)
        self.wv = nn.Linear(hidden_size, n_kv_head * self.d, bias=False)
        self.wo = nn.Linear(n_head * self.d, hidden_size, bias=False)

    def forward(self, x):
        N, T, D = x.shape
        q = self.wq(x).view(N, T, self.g, self.h // self.g, self.d)
        k = self.wk(x).view(N, T, self.g, self.d)
        v = self.wv(x).view(N, T, self.g, self.d)
        scores = torch.einsum("ntgrd,nsgd->ngrts", q, k) * self.d**-0.5
        scores = scores + torch.full((T, T), -1e9, dtype=x.dtype).triu(1)
        y = torch.einsum("ngrts,nsgd->ntgrd", scores.softmax(-1), v)
        return self.wo(y.reshape(N, T, D))
