# each head sees its own features only
# fails: e2.parameters, e2.formula
# says: number of trainable parameters
# misconception: e2.input-split-before-projecting
class MultiHeadCausalSelfAttention(nn.Module):
    # splits the input, so that a head sees its own d features only
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0
        self.h, self.d = n_head, hidden_size // n_head
        self.q, self.k, self.v = (nn.Linear(self.d, self.d, bias=False) for _ in range(3))
        self.o = nn.Linear(hidden_size, hidden_size)
        self.a, self.b = nn.Dropout(dropout), nn.Dropout(dropout)
    def forward(self, x):
        N, T, D = x.shape
        z = x.view(N, T, self.h, self.d).transpose(1, 2)
        s = (self.q(z) @ self.k(z).mT / self.d ** 0.5).masked_fill(torch.ones(T, T).triu(1).bool(), -torch.inf)
        return self.b(self.o((self.a(s.softmax(-1)) @ self.v(z)).transpose(1, 2).reshape(N, T, D)))
