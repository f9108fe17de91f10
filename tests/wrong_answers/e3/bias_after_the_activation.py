# fails: e3.formula
# misconception: e3.bias-after-activation
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(hidden_size, 4 * hidden_size) * 0.02)
        self.b1 = nn.Parameter(torch.zeros(4 * hidden_size))
        self.W2 = nn.Parameter(torch.randn(4 * hidden_size, hidden_size) * 0.02)
        self.b2 = nn.Parameter(torch.zeros(hidden_size))
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        h = F.gelu(x @ self.W1) + self.b1
        return self.drop(h @ self.W2 + self.b2)
