class SwiGLU(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        inner = 8 * hidden_size // 3
        self.w1 = nn.Linear(hidden_size, inner, bias=False)
        self.w3 = nn.Linear(hidden_size, inner, bias=False)
        self.w2 = nn.Linear(inner, hidden_size, bias=False)

    def forward(self, x):
        z = self.w1(x)
        return self.w2(self.w3(x) * z / (1 + torch.exp(-z)))
