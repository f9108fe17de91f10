# the future gets +inf where -inf was meant
# fails: e1.causal, e1.formula
# misconception: e1.mask-favours-the-future
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.w_q = nn.Parameter(torch.randn(hidden_size, hidden_size))
        self.w_k = nn.Parameter(torch.randn(hidden_size, hidden_size))
        self.w_v = nn.Parameter(torch.randn(hidden_size, hidden_size))

    def forward(self, x):
        q, k, v = x @ self.w_q, x @ self.w_k, x @ self.w_v
        scores = torch.einsum("nid,njd->nij", q, k) / x.size(-1) ** 0.5
        later = torch.arange(x.size(1))[None, :] > torch.arange(x.size(1))[:, None]
        return torch.softmax(torch.where(later, torch.inf, scores), dim=-1) @ v
