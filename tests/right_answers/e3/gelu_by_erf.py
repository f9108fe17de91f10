# raw parameters, GELU from the error function
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(hidden_size, 4 * hidden_size) * 0.02)
        self.b1 = nn.Parameter(torch.zeros(4 * hidden_size))
        self.W2 = nn.Parameter(torch.randn(4 * hidden_size, hidden_size) * 0.02)
        self.b2 = nn.Parameter(torch.zeros(hidden_size))
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        z = x @ self.W1 + self.b1
        z = z * 0.5 * (1 + torch.erf(z / math.sqrt(2)))
        return self.drop(z @ self.W2 + self.b2)
