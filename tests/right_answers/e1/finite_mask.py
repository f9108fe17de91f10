# -1e9 in place of -inf
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.W = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.W(x).split(x.size(2), dim=2)
        scores = q @ k.transpose(1, 2) / math.sqrt(x.size(2))
        mask = torch.triu(torch.ones_like(scores), 1)
        return torch.softmax(scores - 1e9 * mask, 2) @ v
