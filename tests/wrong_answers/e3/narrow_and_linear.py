# fails: e3.parameters
# misconception: e3.no-activation, e3.no-expansion
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.a = nn.Linear(hidden_size, hidden_size, bias=False)
        self.b = nn.Linear(hidden_size, hidden_size, bias=False)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.b(self.a(x)))
