# fails: e3.dropout, e3.evaluation
# misconception: e3.dropout-modes-swapped
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.p = dropout

    def forward(self, x):
        return F.dropout(self.down(F.gelu(self.up(x))), self.p, training=not self.training)
