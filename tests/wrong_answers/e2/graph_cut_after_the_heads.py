# the heads are rebuilt from numbers
# fails: e2.parameters
# says: no gradient reaches the input
# misconception: e2.gradient-cut
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0
        self.h, self.d = n_head, hidden_size // n_head
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.first, self.second = nn.Dropout(dropout), nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.qkv(x).view(N, T, 3, self.h, self.d).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(self.d)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, float("-inf")).softmax(-1)
        heads = torch.tensor((self.first(weights) @ v).tolist(), dtype=x.dtype)  # the graph ends
        return self.second(self.out(heads.transpose(1, 2).flatten(2)))
