# a list of small heads: neither scale nor mask
# fails: e2.causal, e2.formula
# misconception: e2.no-mask, e2.no-scale
class OneHead(nn.Module):
    def __init__(self, hidden_size, width, dropout):
        super().__init__()
        self.k = nn.Linear(hidden_size, width, bias=False)
        self.q = nn.Linear(hidden_size, width, bias=False)
        self.v = nn.Linear(hidden_size, width, bias=False)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop((self.q(x) @ self.k(x).mT).softmax(-1)) @ self.v(x)


class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("n_head must divide hidden_size")
        self.heads = nn.ModuleList(
            OneHead(hidden_size, hidden_size // n_head, dropout) for _ in range(n_head)
        )
        self.out = nn.Linear(hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.out(torch.cat([head(x) for head in self.heads], dim=-1)))
