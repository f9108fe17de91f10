# queries and keys each divided by the fourth root, a helper module inside
class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.Q, self.K, self.V = (nn.Linear(width, width, bias=False) for _ in range(3))

    def forward(self, query, memory):
        s = self.width**0.25
        scores = torch.matmul(self.Q(query) / s, (self.K(memory) / s).transpose(-1, -2))
        T = query.shape[-2]
        hidden = torch.arange(T).unsqueeze(0) > torch.arange(T).unsqueeze(1)
        scores[hidden.expand_as(scores)] = torch.finfo(scores.dtype).min
        return scores.softmax(-1).matmul(self.V(memory))


class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.head = Head(hidden_size)

    def forward(self, x):
        return self.head(x, x)
