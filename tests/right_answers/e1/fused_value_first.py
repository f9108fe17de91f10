# a fused projection in the order V, K, Q, cut by slices
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.D = hidden_size
        self.everything = nn.Linear(hidden_size, hidden_size * 3, bias=False)

    def forward(self, x):
        p = self.everything(x)
        v, k, q = p[..., : self.D], p[..., self.D : 2 * self.D], p[..., 2 * self.D :]
        scores = torch.einsum("nqd,nkd->nqk", q, k) / self.D**0.5
        n = x.shape[1]
        keep = torch.arange(n)[:, None] >= torch.arange(n)[None, :]
        scores = torch.where(keep, scores, torch.tensor(-torch.inf, dtype=scores.dtype))
        return torch.einsum("nqk,nkd->nqd", scores.softmax(2), v)
