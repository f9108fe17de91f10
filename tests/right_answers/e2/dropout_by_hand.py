# both dropouts written out with bernoulli masks
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("sizes")
        self.n_head, self.p = n_head, dropout
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.out = nn.Linear(hidden_size, hidden_size, bias=False)

    def drop(self, t):
        if not self.training or self.p == 0:
            return t
        keep = torch.bernoulli(torch.full_like(t, 1 - self.p))
        return t * keep / (1 - self.p)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.qkv(x).reshape(N, T, 3, self.n_head, -1).permute(2, 0, 3, 1, 4).unbind(0)
        s = q @ k.transpose(-1, -2) / math.sqrt(k.size(-1))
        s = s - s.amax(-1, keepdim=True).detach()
        e = s.exp().tril()
        w = self.drop(e / e.sum(-1, keepdim=True))
        return self.drop(self.out((w @ v).transpose(1, 2).reshape(N, T, D)))
