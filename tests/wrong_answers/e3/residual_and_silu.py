# two convolutions
# fails: e3.formula, e3.dropout
# misconception: e3.other-activation, e3.residual-inside
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.first = nn.Conv1d(hidden_size, 4 * hidden_size, 1)
        self.second = nn.Conv1d(4 * hidden_size, hidden_size, 1)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        z = self.first(x.transpose(1, 2))
        z = self.second(z * z.sigmoid()).transpose(1, 2)
        return x + self.drop(z)
