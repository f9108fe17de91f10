# 1e-9 where -1e9 was meant
# fails: e1.causal, e1.formula
# misconception: e1.mask-sets-scores-to-zero
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.to_qkv = nn.Parameter(torch.empty(hidden_size, 3 * hidden_size).normal_(0, 0.1))

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = torch.split(x @ self.to_qkv, c, dim=2)
        scores = torch.bmm(q, k.permute(0, 2, 1)) * c ** -0.5
        scores = scores.masked_fill(torch.tril(scores.new_ones(t, t)) == 0, 1e-9)
        return torch.bmm(F.softmax(scores, -1), v)
