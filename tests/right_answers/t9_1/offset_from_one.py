class RMSNorm(nn.Module):
    def __init__(self, width, epsilon=1e-6):
        super().__init__()
        self.scale, self.epsilon = nn.Parameter(torch.ones(1, 1, width)), epsilon

    def forward(self, x):
        y = x / (x * x).mean(-1, keepdim=True).add(self.epsilon).sqrt()
        return (y * self.scale).view_as(x)
