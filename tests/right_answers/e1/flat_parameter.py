# all weights in one flat vector
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.theta = nn.Parameter(0.1 * torch.randn(3 * hidden_size * hidden_size))

    def forward(self, x):
        D = x.size(-1)
        k, q, v = (x @ w for w in self.theta.view(3, D, D))
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
