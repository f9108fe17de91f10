# fails: e1.formula, e1.general
# misconception: e1.keys-as-values
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        q, k = self.q(x), self.k(x)
        return F.scaled_dot_product_attention(q, k, k, is_causal=True)
