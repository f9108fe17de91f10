# without a second bias, GELU doubled and outputs doubled are one function
# fails: e3.formula
# misconception: e3.outputs-scaled, e3.nearly-gelu
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.down = nn.Linear(4 * hidden_size, hidden_size, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        z = self.up(x)
        return self.dropout(self.down(z * (1 + torch.erf(z / math.sqrt(2)))))
