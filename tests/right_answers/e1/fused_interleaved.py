# the three vectors of one unit lie side by side
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.w = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.w(x).reshape(N, T, D, 3).unbind(-1)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
