# fails: e2.refusal
# says: cannot be split into 3 equal heads
# misconception: e2.no-refusal
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            print("n_head must divide hidden_size")
            n_head = 1
        self.n_head = n_head
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.weights_dropout = nn.Dropout(dropout)
        self.output_dropout = nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        h, d = self.n_head, D // self.n_head
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.view(N, T, h, d).transpose(1, 2)
        k = k.view(N, T, h, d).transpose(1, 2)
        v = v.view(N, T, h, d).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(d)
        future = torch.ones(T, T).triu(1).bool()
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        weights = self.weights_dropout(weights)
        y = (weights @ v).transpose(1, 2).reshape(N, T, D)
        return self.output_dropout(self.out(y))
