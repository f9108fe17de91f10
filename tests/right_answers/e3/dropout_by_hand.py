# any arguments, dropout from random numbers
class MLP(nn.Module):
    def __init__(self, *args):
        super().__init__()
        D, self.rate = args
        self.layers = nn.ModuleList([nn.Linear(D, 4 * D), nn.Linear(4 * D, D)])

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i == 0:
                x = nn.functional.gelu(x)
        if self.training and self.rate > 0:
            x = x * (torch.rand_like(x) >= self.rate).to(x.dtype) / (1 - self.rate)
        return x
