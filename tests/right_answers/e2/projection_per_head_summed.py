# the output projection as a sum over heads
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("n_head")
        d = hidden_size // n_head
        self.ins = nn.ModuleList(nn.Linear(hidden_size, 3 * d, bias=False) for _ in range(n_head))
        self.outs = nn.ModuleList(nn.Linear(d, hidden_size, bias=False) for _ in range(n_head))
        self.first, self.second = nn.Dropout(dropout), nn.Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        y = 0
        for into, out in zip(self.ins, self.outs):
            q, k, v = into(x).chunk(3, -1)
            s = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
            s = s.masked_fill(torch.ones(T, T).tril() == 0, float("-inf"))
            y = y + out(self.first(torch.softmax(s, -1)) @ v)
        return self.second(y)
