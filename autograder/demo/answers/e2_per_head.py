class Head(nn.Module):
    def __init__(self, hidden_size, head_size, dropout):
        super().__init__()
        self.key = nn.Linear(hidden_size, head_size, bias=False)
        self.query = nn.Linear(hidden_size, head_size, bias=False)
        self.value = nn.Linear(hidden_size, head_size, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        k, q, v = self.key(x), self.query(x), self.value(x)
        w = q @ k.transpose(1, 2) * k.shape[-1] ** -0.5
        w = w.masked_fill(torch.tril(torch.ones(T, T)) == 0, float("-inf"))
        return self.dropout(F.softmax(w, dim=-1)) @ v


class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head != 0:
            raise ValueError("n_head must divide hidden_size")
        size = hidden_size // n_head
        self.heads = nn.ModuleList([Head(hidden_size, size, dropout) for _ in range(n_head)])
        self.proj = nn.Linear(hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.proj(torch.cat([head(x) for head in self.heads], dim=-1)))
