class RMSNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(hidden_size))
        self.eps = eps

    def forward(self, x):
        size = x.norm(dim=-1, keepdim=True) ** 2 / x.shape[-1]
        return self.gain * (x / (size + self.eps) ** 0.5)
