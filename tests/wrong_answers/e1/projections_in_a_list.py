# fails: e1.shape
# says: register the weights
# misconception: e1.weights-not-registered
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.projections = [nn.Linear(hidden_size, hidden_size, bias=False) for _ in range(3)]

    def forward(self, x):
        q, k, v = (p(x) for p in self.projections)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
