# fails: e3.dropout
# misconception: e3.dropout-on-the-input
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.up(self.dropout(x)))
        x = self.down(x)
        return x
