# F.dropout as it comes: rate 0.5, in training and out of it
# fails: e3.shape
# misconception: e3.dropout-in-evaluation, e3.dropout-rate-fixed
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)

    def forward(self, x):
        return F.dropout(self.down(F.gelu(self.up(x))))
