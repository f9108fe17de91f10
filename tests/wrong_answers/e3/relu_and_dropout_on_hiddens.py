# as in the paper of 2017, and two mistakes here
# fails: e3.formula, e3.dropout
# misconception: e3.relu-for-gelu, e3.dropout-on-hiddens
class MLP(nn.Sequential):
    def __init__(self, hidden_size, dropout):
        super().__init__(
            nn.Linear(hidden_size, 4 * hidden_size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4 * hidden_size, hidden_size),
        )
