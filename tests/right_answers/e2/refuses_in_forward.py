# sizes that do not fit fail in the first forward, in the library's words
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        D, self.h, p = sizes
        self.qkv = nn.Linear(D, 3 * D)
        self.out = nn.Linear(D, D)
        self.drop = nn.Dropout(p)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = (
            part.view(N, T, self.h, D // self.h).transpose(1, 2) for part in self.qkv(x).chunk(3, -1)
        )
        s = (q @ k.transpose(-1, -2)).div(math.sqrt(q.size(-1)))
        s = s.masked_fill(torch.ones(T, T).tril().eq(0), float("-inf"))
        return self.drop(self.out((self.drop(s.softmax(-1)) @ v).transpose(1, 2).reshape(N, T, D)))
