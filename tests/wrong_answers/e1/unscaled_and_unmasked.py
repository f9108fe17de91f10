# two mistakes: neither scale nor mask
# fails: e1.causal, e1.formula
# misconception: e1.no-mask, e1.no-scale
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.keys = nn.Linear(hidden_size, hidden_size, bias=False)
        self.values = nn.Linear(hidden_size, hidden_size, bias=False)
        self.queries = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        weights = (self.queries(x) @ self.keys(x).mT).softmax(dim=-1)
        return weights @ self.values(x)
