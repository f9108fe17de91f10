# heads as modules of their own, concatenated
class Head(nn.Module):
    def __init__(self, hidden_size, head_size, dropout):
        super().__init__()
        self.key = nn.Linear(hidden_size, head_size, bias=False)
        self.query = nn.Linear(hidden_size, head_size, bias=False)
        self.value = nn.Linear(hidden_size, head_size, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        k, q = self.key(x), self.query(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(torch.tril(torch.ones(T, T)) == 0, float("-inf"))
        wei = self.dropout(F.softmax(wei, dim=-1))
        return wei @ self.value(x)


class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("hidden_size must be a multiple of n_head")
        self.heads = nn.ModuleList(
            [Head(hidden_size, hidden_size // n_head, dropout) for _ in range(n_head)]
        )
        self.proj = nn.Linear(hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        out = torch.cat([head(x) for head in self.heads], dim=-1)
        return self.dropout(self.proj(out))
