# fails: e3.formula
# misconception: e3.activation-before-first-layer
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.net = nn.Sequential(
            nn.GELU(),
            nn.Linear(hidden_size, 4 * hidden_size, bias=False),
            nn.Linear(4 * hidden_size, hidden_size, bias=False),
            nn.Dropout(dropout),
        )

    def forward(self, x):
        return self.net(x)
