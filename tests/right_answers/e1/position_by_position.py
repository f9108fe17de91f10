# a loop over the positions
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        outputs = []
        for t in range(x.shape[1]):
            scores = (k[:, : t + 1] * q[:, t : t + 1]).sum(-1) / math.sqrt(x.shape[-1])
            weights = scores.softmax(-1).unsqueeze(-1)
            outputs.append((weights * v[:, : t + 1]).sum(1))
        return torch.stack(outputs, dim=1)
