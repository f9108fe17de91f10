# fails: e3.formula
# misconception: e3.activation-too-often
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.c_fc = nn.Sequential(nn.Linear(hidden_size, 4 * hidden_size), nn.GELU("tanh"))
        self.act = nn.GELU("tanh")
        self.c_proj = nn.Linear(4 * hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.c_proj(self.act(self.c_fc(x))))
