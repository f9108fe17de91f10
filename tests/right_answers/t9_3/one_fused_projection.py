class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        self.h, self.g, self.d = n_head, n_kv_head, hidden_size // n_head
        self.qkv = nn.Linear(hidden_size, (n_head + 2 * n_kv_head) * self.d, bias=False)
        self.out = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).split([self.h * self.d, self.g * self.d, self.g * self.d], dim=-1)
        q, k, v = (part.unflatten(-1, (-1, self.d)).transpose(1, 2) for part in (q, k, v))
        k, v = (part.repeat_interleave(self.h // self.g, 1) for part in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).flatten(2))
