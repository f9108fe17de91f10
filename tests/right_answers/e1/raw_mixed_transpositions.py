# bare parameters, one used the other way round
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.a = nn.Parameter(torch.empty(hidden_size, hidden_size).normal_(0, 0.02))
        self.b = nn.Parameter(torch.empty(hidden_size, hidden_size).normal_(0, 0.02))
        self.c = nn.Parameter(torch.empty(hidden_size, hidden_size).normal_(0, 0.02))

    def forward(self, x):
        q = x @ self.a.T
        k = torch.einsum("nti,io->nto", x, self.b)
        v = F.linear(x, self.c)
        T = x.shape[1]
        s = torch.bmm(q, k.permute(0, 2, 1)).div_(math.sqrt(q.shape[2]))
        s.masked_fill_(torch.ones(T, T).triu_(1).bool(), -torch.inf)
        return torch.bmm(s.softmax(-1), v)
