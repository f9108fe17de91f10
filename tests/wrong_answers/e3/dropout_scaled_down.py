# fails: e3.dropout
# misconception: e3.dropout-scaled-wrongly
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.p = dropout

    def forward(self, x):
        y = self.down(F.gelu(self.up(x)))
        if not self.training:
            return y
        return y * (torch.rand_like(y) > self.p) * (1 - self.p)
