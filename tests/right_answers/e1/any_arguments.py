# constructor and forward with star arguments, mask kept between calls
class CausalSelfAttention(nn.Module):
    def __init__(self, *args, **kwargs):
        super(CausalSelfAttention, self).__init__()
        (D,) = args or tuple(kwargs.values())
        for name in ("Wq", "Wk", "Wv"):
            setattr(self, name, nn.Linear(D, D, bias=False))
        self.masks = {}

    def forward(self, *inputs):
        (X,) = inputs
        T = X.shape[-2]
        if T not in self.masks:
            self.masks[T] = torch.ones(T, T).tril().bool()
        A = self.Wq(X) @ self.Wk(X).transpose(-1, -2)
        A = A / math.sqrt(X.shape[-1])
        A[:, ~self.masks[T]] = -float("inf")
        A = A - A.amax(-1, keepdim=True)
        A = A.exp()
        A = A / A.sum(-1, keepdim=True)
        return A @ self.Wv(X)
