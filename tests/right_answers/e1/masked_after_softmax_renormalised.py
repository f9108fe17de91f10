# masked after the softmax, and every row divided by what is left
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        N, T, D = x.shape
        w = torch.softmax(self.q(x) @ self.k(x).transpose(1, 2) / np_sqrt(D), dim=-1)
        w = w.tril()
        w = w / w.sum(dim=-1, keepdim=True)
        return w @ self.v(x)


def np_sqrt(n):
    return n**0.5
