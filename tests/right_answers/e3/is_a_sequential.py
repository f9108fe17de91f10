# the class itself is a Sequential, dropout in place
class MLP(nn.Sequential):
    def __init__(self, hidden_size, dropout):
        super().__init__(
            nn.Linear(hidden_size, 4 * hidden_size, bias=False),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * hidden_size, hidden_size, bias=False),
            nn.Dropout(dropout, inplace=True),
        )
