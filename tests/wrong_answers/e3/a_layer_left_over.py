# fails: e3.parameters
# misconception: e3.layer-not-used
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.fc1 = nn.Linear(hidden_size, 4 * hidden_size)
        self.fc2 = nn.Linear(4 * hidden_size, 4 * hidden_size)
        self.fc3 = nn.Linear(4 * hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.fc3(F.gelu(self.fc1(x))))
