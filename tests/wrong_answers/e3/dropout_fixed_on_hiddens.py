# fails: e3.dropout, e3.evaluation
# misconception: e3.dropout-on-hiddens, e3.dropout-rate-fixed
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.drop = nn.Dropout(0.2)

    def forward(self, x):
        return self.down(self.drop(F.gelu(self.up(x))))
