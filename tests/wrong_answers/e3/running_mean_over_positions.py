# no formula of ours: told by what one token does to another
# fails: e3.formula
# misconception: e3.positions-mixed
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        h = F.gelu(self.up(x))
        h = h.cumsum(1) / torch.arange(1, x.shape[1] + 1).view(-1, 1)
        return self.drop(self.down(h.flip(1)))
