class SwiGLU(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        inner = 8 * hidden_size // 3
        self.w = nn.Parameter(torch.randn(3, hidden_size, inner) * hidden_size**-0.5)

    def forward(self, x):
        gate, up = x @ self.w[0], x @ self.w[1]
        return (gate * gate.sigmoid() * up) @ self.w[2].T
