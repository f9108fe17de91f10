# as in LLaMA
# fails: e3.parameters
# misconception: e3.gated-hiddens
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.gate = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.up = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.down = nn.Linear(4 * hidden_size, hidden_size, bias=False)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.down(F.silu(self.gate(x)) * self.up(x)))
