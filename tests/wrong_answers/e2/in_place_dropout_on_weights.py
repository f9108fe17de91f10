# right in evaluation, but the backward pass fails
# fails: e2.parameters
# says: cannot be trained
# misconception: e2.overwritten-in-place
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0
        self.h, self.d = n_head, hidden_size // n_head
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.first = nn.Dropout(dropout, inplace=True)  # overwrites what the softmax keeps
        self.second = nn.Dropout(dropout, inplace=True)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.qkv(x).view(N, T, 3, self.h, self.d).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(self.d)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = self.first(scores.masked_fill(future, float("-inf")).softmax(-1))
        return self.second(self.out((weights @ v).transpose(1, 2).flatten(2)))
