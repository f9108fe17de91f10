# the scores compare queries with values
# fails: e2.one_head, e2.formula
# misconception: e2.keys-as-values
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("n_head must divide hidden_size")
        self.h = n_head
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.a, self.b = nn.Dropout(dropout), nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = (t.view(N, T, self.h, -1).transpose(1, 2) for t in self.qkv(x).chunk(3, -1))
        w = q @ v.mT / math.sqrt(D // self.h)
        w = self.a((w + torch.full((T, T), -torch.inf).triu(1)).softmax(-1))
        return self.b(self.out((w @ v).transpose(1, 2).reshape(N, T, D)))
