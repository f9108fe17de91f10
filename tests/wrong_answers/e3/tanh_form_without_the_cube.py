# the cubic term of the tanh form is missing
# fails: e3.formula
# misconception: e3.nearly-gelu
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.c_fc = nn.Linear(hidden_size, 4 * hidden_size)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.c_fc(x)
        x = 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * x))
        x = self.c_proj(x)
        x = self.dropout(x)
        return x
