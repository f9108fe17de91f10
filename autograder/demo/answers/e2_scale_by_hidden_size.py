class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0, "n_head must divide hidden_size"
        self.n_head = n_head
        self.q = nn.Linear(hidden_size, hidden_size)
        self.k = nn.Linear(hidden_size, hidden_size)
        self.v = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.drop1, self.drop2 = nn.Dropout(dropout), nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = (
            f(x).view(N, T, self.n_head, D // self.n_head).transpose(1, 2)
            for f in (self.q, self.k, self.v)
        )
        scores = q @ k.transpose(-2, -1) / D**0.5
        mask = torch.tril(torch.ones(T, T)) == 0
        weights = self.drop1(scores.masked_fill(mask, float("-inf")).softmax(-1))
        y = (weights @ v).transpose(1, 2).reshape(N, T, D)
        return self.drop2(self.out(y))
