# the weights go through a second softmax
# fails: e1.causal, e1.formula
# misconception: e1.softmax-twice
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        T, D = x.shape[1:]
        scores = self.q(x) @ self.k(x).transpose(1, 2) / math.sqrt(D)
        hidden = torch.ones(T, T, dtype=torch.bool).triu(1)
        probabilities = F.softmax(scores.masked_fill(hidden, -torch.inf), dim=-1)
        return F.softmax(probabilities, dim=-1) @ self.v(x)
