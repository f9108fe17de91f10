# fails: e1.formula, e1.general
# misconception: e1.uniform-weights
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        T = x.shape[1]
        weights = torch.ones(T, T).tril()
        return weights / weights.sum(1, keepdim=True) @ v + 0 * q + 0 * k
