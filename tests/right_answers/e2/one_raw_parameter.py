# all four matrices in one parameter (4, D, D)
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head > 0:
            raise ValueError
        self.h = n_head
        self.w = nn.Parameter(torch.empty(4, hidden_size, hidden_size))
        nn.init.normal_(self.w, std=0.02)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        heads = lambda m: (x @ m).reshape(N, T, self.h, D // self.h).swapaxes(1, 2)
        q, k, v = heads(self.w[0]), heads(self.w[1]), heads(self.w[2])
        s = (q @ k.swapaxes(-1, -2)) * (D / self.h) ** -0.5
        keep = torch.ones(T, T, dtype=torch.bool).tril()
        p = torch.where(keep, s, torch.full_like(s, -torch.inf)).softmax(-1)
        return self.drop((self.drop(p) @ v).swapaxes(1, 2).reshape(N, T, D) @ self.w[3])
