class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.p = dropout
        self.W1 = nn.Parameter(torch.randn(hidden_size, 4 * hidden_size) * 0.02)
        self.b1 = nn.Parameter(torch.zeros(4 * hidden_size))
        self.W2 = nn.Parameter(torch.randn(4 * hidden_size, hidden_size) * 0.02)

    def forward(self, x):
        h = F.gelu(x @ self.W1 + self.b1, approximate="tanh")
        return F.dropout(h @ self.W2, self.p, training=self.training)
