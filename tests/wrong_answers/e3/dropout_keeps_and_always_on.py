# fails: e3.shape
# misconception: e3.dropout-in-evaluation, e3.dropout-rate-inverted
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.keep = 1 - dropout

    def forward(self, x):
        return F.dropout(self.down(F.gelu(self.up(x))), self.keep)
