# the first layer never learns
# fails: e3.formula
# says: no gradient reaches the input
# misconception: e3.gradient-cut
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.c_fc = nn.Linear(hidden_size, 4 * hidden_size)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.c_fc(x).detach()
        x = self.gelu(x)
        x = self.c_proj(x)
        x = self.dropout(x)
        return x
