class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        self.h, self.g, self.d = n_head, n_kv_head, hidden_size // n_head
        self.fused = nn.Parameter(torch.randn(hidden_size, (n_head + 2 * n_kv_head) * self.d) * 0.1)
        self.out = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        sizes = [self.g * self.d, self.g * self.d, self.h * self.d]
        k, v, q = (x @ self.fused).split(sizes, dim=-1)
        q, k, v = (part.unflatten(-1, (-1, self.d)).transpose(1, 2) for part in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.out(y.transpose(1, 2).flatten(2))
