# the population deviation plus eps
class Norm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.ones(features)), nn.Parameter(torch.zeros(features))

    def forward(self, x):
        return self.a * (x - x.mean(-1, True)) / (x.std(-1, unbiased=False, keepdim=True) + 1e-6) + self.b


class Block(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.attn = MultiHeadCausalSelfAttention(*args)
        self.mlp = MLP(args[0], args[2])
        self.norm1, self.norm2 = Norm(args[0]), Norm(args[0])

    def forward(self, x):
        out = x.clone()
        out += self.attn(self.norm1(x))
        return out + self.mlp(self.norm2(out))
