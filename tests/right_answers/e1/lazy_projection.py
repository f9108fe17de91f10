class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.LazyLinear(3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
