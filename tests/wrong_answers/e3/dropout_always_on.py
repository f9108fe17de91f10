# fails: e3.dropout, e3.evaluation
# says: training=self.training
# misconception: e3.dropout-in-evaluation
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.p = dropout

    def forward(self, x):
        x = F.gelu(self.up(x))
        x = self.down(x)
        return F.dropout(x, self.p)
