# fails: e3.parameters, e3.dropout
# misconception: e3.hidden-width-not-4, e3.relu-for-gelu, e3.dropout-on-hiddens
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 2 * hidden_size)
        self.down = nn.Linear(2 * hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        h = self.drop(self.up(x))
        return self.down(h.relu())
