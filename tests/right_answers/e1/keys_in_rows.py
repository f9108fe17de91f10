# the matrix of scores the other way round, softmax over its first axis
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)
        self.d = hidden_size

    def forward(self, x):
        T = x.shape[1]
        scores = self.k(x) @ self.q(x).transpose(1, 2) / math.sqrt(self.d)  # (N, key, query)
        past = torch.ones(T, T, dtype=torch.bool).triu()
        weights = scores.masked_fill(~past, float("-inf")).softmax(dim=1)
        return weights.transpose(1, 2) @ self.v(x)
