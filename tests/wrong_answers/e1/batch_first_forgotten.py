# takes the first axis for time
# fails: e1.causal, e1.formula
# misconception: e1.batch-taken-for-time
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        x = x.transpose(0, 1)
        y = F.scaled_dot_product_attention(self.q(x), self.k(x), self.v(x), is_causal=True)
        return y.transpose(0, 1)
