# fails: e3.parameters
# says: 4 times as wide
# misconception: e3.no-expansion
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, hidden_size)
        self.down = nn.Linear(hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.up(x))
        x = self.down(x)
        return self.dropout(x)
