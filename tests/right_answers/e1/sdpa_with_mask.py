# the library's attention with a mask and a scale of one's own
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.proj = nn.ModuleList([nn.Linear(hidden_size, hidden_size, bias=False) for _ in range(3)])

    def forward(self, x):
        q, k, v = [p(x)[:, None] for p in self.proj]
        T = x.shape[1]
        mask = torch.ones(T, T, dtype=torch.bool).tril()
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=self.hidden_size**-0.5)
        return out[:, 0]
