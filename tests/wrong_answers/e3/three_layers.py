# fails: e3.parameters
# misconception: e3.one-layer-too-many
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.more = nn.Linear(4 * hidden_size, 4 * hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.up(x))
        x = self.down(F.gelu(self.more(x)))
        return self.dropout(x)
