# fails: e1.parameters, e1.formula
# misconception: e1.keys-are-queries
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        q, v = self.q(x), self.v(x)
        return F.scaled_dot_product_attention(q, q, v, is_causal=True)
