# the tanh form with constants of four digits
def gelu(z):
    return 0.5 * z * (1 + torch.tanh(0.7979 * (z + 0.0447 * z**3)))


class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, hidden_size * 4)
        self.down = nn.Linear(hidden_size * 4, hidden_size, bias=False)
        self.p = dropout

    def forward(self, x):
        return F.dropout(self.down(gelu(self.up(x))), self.p, self.training)
