# all small matrices in one ParameterList, head by head
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("sizes")
        d = hidden_size // n_head
        self.small = nn.ParameterList(
            nn.Parameter(torch.randn(hidden_size, d) * 0.1) for _ in range(3 * n_head)
        )
        self.last = nn.Parameter(torch.randn(hidden_size, hidden_size) * 0.1)
        self.shift = nn.Parameter(torch.zeros(1, 1, hidden_size))
        self.p = dropout

    def forward(self, x):
        heads = []
        for i in range(0, len(self.small), 3):
            q, k, v = (x @ self.small[i + j] for j in range(3))
            a = torch.baddbmm(
                torch.zeros(x.shape[1], x.shape[1]).masked_fill_(
                    torch.ones(x.shape[1], x.shape[1]).triu(1).bool(), float("-inf")
                ),
                q, k.transpose(1, 2), alpha=q.shape[-1] ** -0.5,
            )
            heads.append(F.dropout(a.softmax(-1), self.p, self.training) @ v)
        return F.dropout(torch.cat(heads, -1) @ self.last + self.shift, self.p, self.training)
