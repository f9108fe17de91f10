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
        q, k, v = (
            w(x).view(N, T, n, self.d).transpose(1, 2)
            for w, n in ((self.wq, self.h), (self.wk, self.g), (self.wv, self.g))
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.wo(y.transpose(1, 2).flatten(2))
