class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0
        self.n_head = n_head
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.drop1, self.drop2 = nn.Dropout(dropout), nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        d = D // self.n_head
        q, k, v = (part.reshape(N, self.n_head, T, d) for part in self.qkv(x).chunk(3, -1))
        scores = q @ k.transpose(-2, -1) / d**0.5
        mask = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
        weights = self.drop1(scores.masked_fill(mask, float("-inf")).softmax(-1))
        return self.drop2(self.out((weights @ v).reshape(N, T, D)))
