# a projection for queries, a fused one for keys and values, no bias there
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0, "n_head must divide hidden_size"
        self.heads = n_head
        self.to_q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.to_kv = nn.Linear(hidden_size, hidden_size * 2, bias=False)
        self.to_out = nn.Sequential(nn.Linear(hidden_size, hidden_size), nn.Dropout(dropout))
        self.attend = nn.Sequential(nn.Softmax(dim=-1), nn.Dropout(dropout))

    def forward(self, x):
        q, (k, v) = self.to_q(x), self.to_kv(x).chunk(2, dim=-1)
        q, k, v = (
            torch.stack(t.chunk(self.heads, dim=-1), dim=1) for t in (q, k, v)
        )  # (N, h, T, d)
        dots = torch.matmul(q, k.transpose(-1, -2)) * q.shape[-1] ** -0.5
        i, j = dots.shape[-2:]
        mask = torch.ones((i, j), dtype=torch.bool).triu(j - i + 1)
        out = torch.matmul(self.attend(dots.masked_fill(mask, -torch.finfo(dots.dtype).max)), v)
        return self.to_out(torch.cat(out.unbind(1), dim=-1))
