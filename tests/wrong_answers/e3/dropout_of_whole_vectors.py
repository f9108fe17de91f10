# fails: e3.dropout
# says: each by itself
# misconception: e3.dropout-of-whole-vectors
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.up(x))
        x = self.down(x)
        return x * self.dropout(torch.ones(x.shape[0], x.shape[1], 1))
