# four hidden layers of width D side by side
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.ups = nn.ModuleList(nn.Linear(hidden_size, hidden_size) for _ in range(4))
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.down(F.gelu(torch.cat([up(x) for up in self.ups], dim=-1))))
