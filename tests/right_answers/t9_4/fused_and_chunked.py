class SwiGLU(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.inner = int(hidden_size * 8 / 3)
        self.both = nn.Linear(hidden_size, 2 * self.inner, bias=False)
        self.down = nn.Linear(self.inner, hidden_size, bias=False)

    def forward(self, x):
        gate, up = self.both(x).chunk(2, dim=-1)
        return self.down(nn.SiLU()(gate) * up)
