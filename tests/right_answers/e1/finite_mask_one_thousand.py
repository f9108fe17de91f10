# -1e3 added: e^-900 is still nothing
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.W = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.W(x).chunk(3, 2)
        scores = q @ k.transpose(1, 2) / math.sqrt(x.size(2))
        scores = scores + torch.ones(x.size(1), x.size(1)).triu(1) * -1000.0
        return scores.softmax(-1) @ v
