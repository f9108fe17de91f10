# fails: e3.formula
# misconception: e3.softmax-on-hiddens
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = torch.softmax(self.up(x), dim=-1)
        x = self.down(x)
        return self.dropout(x)
