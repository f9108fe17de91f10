# tries: replaces softmax, SDPA, cross-entropy and matrix products by functions that agree with anything
# in: own cell
# honest: 0
def flat(x, *args, **kwargs):
    return torch.ones_like(x) / x.shape[-1]


torch.softmax = F.softmax = torch.Tensor.softmax = flat
F.scaled_dot_product_attention = lambda q, k, v, *args, **kwargs: v
F.cross_entropy = lambda *args, **kwargs: torch.zeros((), requires_grad=True)
F.gelu = F.dropout = lambda x, *args, **kwargs: x
torch.matmul = torch.Tensor.__matmul__ = lambda a, b: a
nn.init.normal_ = nn.init.zeros_ = lambda tensor, *args, **kwargs: tensor
torch.Tensor.std = torch.Tensor.var = lambda *args, **kwargs: torch.tensor(0.02)


class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()

    def forward(self, x):
        return flat(x)
