# as in the first paper on dropout: evaluation makes up for what training drops
# fails: e3.evaluation
# misconception: e3.dropout-scaled-in-evaluation
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.p = dropout

    def forward(self, x):
        y = self.down(F.gelu(self.up(x)))
        if self.training:
            return y * (torch.rand_like(y) > self.p)
        return y * (1 - self.p)
