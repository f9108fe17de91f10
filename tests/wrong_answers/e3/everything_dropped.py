# draws from 0 to 1 are never above 1
# fails: e3.dropout
# misconception: none
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.rate = dropout

    def forward(self, x):
        y = self.down(F.gelu(self.up(x)))
        if self.training and self.rate > 0:
            y = y * (torch.rand_like(y) > 1) / (1 - self.rate)
        return y
