class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        self.g, self.d = n_kv_head, hidden_size // n_head
        self.per_group = n_head // n_kv_head
        self.qkv = nn.Linear(hidden_size, (n_head + 2 * n_kv_head) * self.d, bias=False)
        self.out = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        N, T, D = x.shape
        parts = self.qkv(x).view(N, T, self.g, self.per_group + 2, self.d)
        q, k, v = parts.split([self.per_group, 1, 1], dim=3)
        k, v = k.expand_as(q), v.expand_as(q)
        q, k, v = (part.flatten(2, 3).transpose(1, 2) for part in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).flatten(2))
