class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        d = hidden_size // n_head
        self.q = nn.Parameter(torch.randn(n_head, hidden_size, d) / hidden_size**0.5)
        self.kv = nn.Parameter(torch.randn(2, n_kv_head, hidden_size, d) / hidden_size**0.5)
        self.o = nn.Parameter(torch.randn(n_head, d, hidden_size) / hidden_size**0.5)

    def forward(self, x):
        q = torch.einsum("ntc,hcd->nhtd", x, self.q)
        k, v = torch.einsum("ntc,pgcd->pngtd", x, self.kv)
        group = q.shape[1] // k.shape[1]
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return torch.einsum("nhtd,hdc->ntc", y, self.o)
