# hides what is zero after multiplying with the mask: a score of exactly 0 is hidden too, and what is hidden is not
# fails: e1.formula
# says: no way of reading
# misconception: e1.zero-taken-for-masked
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)
        self.query = nn.Linear(hidden_size, hidden_size, bias=False)
        self.value = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(D)
        mask = torch.triu(torch.ones(T, T, dtype=torch.bool), diagonal=1)
        scores = scores * (~mask)
        scores = scores.masked_fill(scores == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        return weights @ v
