# exp(scores - logsumexp), row by row
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.projections = nn.ModuleDict(
            {name: nn.Linear(hidden_size, hidden_size, bias=False) for name in "QKV"}
        )

    def forward(self, x):
        Q, K, V = (self.projections[name](x) for name in "QKV")
        scores = torch.einsum("btd,bsd->bts", Q, K) / Q.shape[-1] ** 0.5
        T = x.shape[1]
        for t in range(T - 1):
            scores[:, t, t + 1 :] = float("-inf")
        weights = torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
        return torch.einsum("bts,bsd->btd", weights, V)
