# the mask and the scale are parameters that do not learn
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0
        self.n_head = n_head
        self.mask = nn.Parameter(torch.ones(1024, 1024).tril()[None, None], requires_grad=False)
        self.scale = nn.Parameter(torch.ones(1) * (hidden_size / n_head) ** -0.5, requires_grad=False)
        self.into = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = (
            p.reshape(N, T, self.n_head, -1).movedim(2, 1) for p in self.into(x).tensor_split(3, 2)
        )
        s = (q * self.scale) @ k.mT
        s = s.masked_fill(self.mask[..., :T, :T] < 0.5, float("-inf"))
        return self.drop(self.out((self.drop(s.softmax(3)) @ v).movedim(1, 2).reshape(N, T, D)))
