# fails: e3.shape
# misconception: e3.weights-not-registered
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.hidden_size = hidden_size
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        torch.manual_seed(0)
        up = nn.Linear(self.hidden_size, 4 * self.hidden_size)
        down = nn.Linear(4 * self.hidden_size, self.hidden_size)
        return self.drop(down(F.gelu(up(x))))
