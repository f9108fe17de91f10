# a hand-made dropout that keeps the share it should drop
# fails: e2.dropout_weights, e2.dropout_output
# misconception: e2.dropout-rate-inverted
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("n_head must divide hidden_size")
        self.h, self.p = n_head, dropout
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)

    def drop(self, t):
        if not self.training or self.p == 0:
            return t
        return t * (torch.rand_like(t) < self.p) / self.p

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.qkv(x).view(N, T, 3, self.h, -1).permute(2, 0, 3, 1, 4)
        s = q @ k.mT / math.sqrt(D // self.h)
        w = s.masked_fill(torch.ones(T, T).triu(1).bool(), -torch.inf).softmax(-1)
        return self.drop(self.out((self.drop(w) @ v).transpose(1, 2).reshape(N, T, D)))
