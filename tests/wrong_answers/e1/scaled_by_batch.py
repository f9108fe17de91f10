# divides by the root of the number of sequences
# fails: e1.formula
# misconception: e1.scale-by-batch-size
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        scale = x.shape[0] ** -0.5
        return F.scaled_dot_product_attention(
            self.q(x), self.k(x), self.v(x), is_causal=True, scale=scale
        )
