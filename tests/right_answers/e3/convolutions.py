# two convolutions of kernel size one
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.first = nn.Conv1d(hidden_size, 4 * hidden_size, 1)
        self.second = nn.Conv1d(4 * hidden_size, hidden_size, 1)
        self.act = nn.GELU("tanh")
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.second(self.act(self.first(x.transpose(1, 2)))).transpose(1, 2))
