class SwiGLU(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.inner = round(hidden_size * 8 / 3)
        self.both = nn.Linear(hidden_size, 2 * self.inner, bias=False)
        self.down = nn.Linear(self.inner, hidden_size, bias=False)

    def forward(self, x):
        both = self.both(x)
        return self.down(F.silu(both[..., ::2]) * both[..., 1::2])
