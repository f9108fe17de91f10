# two mistakes: the softmax runs along the queries, and the scale is missing
# fails: e1.formula
# misconception: e1.no-scale, e1.softmax-over-queries
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.proj = nn.Linear(hidden_size, hidden_size * 3, bias=False)

    def forward(self, x):
        q, k, v = self.proj(x).chunk(3, dim=-1)
        t = x.shape[1]
        s = torch.einsum("bid,bjd->bij", q, k)
        s = s + torch.full((t, t), float("-inf")).triu(1)
        return torch.einsum("bij,bjd->bid", s.softmax(1), v)
