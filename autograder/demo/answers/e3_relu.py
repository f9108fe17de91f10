class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.expand = nn.Linear(hidden_size, 4 * hidden_size)
        self.output = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.output(F.relu(self.expand(x))))
