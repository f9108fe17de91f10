# fails: e3.parameters
# misconception: e3.one-matrix-for-both
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.up(x))
        x = x @ self.up.weight
        return self.dropout(x)
