# fails: e3.dropout
# misconception: e3.dropout-not-scaled-up
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.up(x))
        x = self.down(x)
        if self.training:
            return x * torch.bernoulli(torch.full_like(x, 1 - self.dropout.p))
        return x
