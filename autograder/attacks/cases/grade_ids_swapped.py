# tries: solves E3, and names its check and its answer as if they were all the others'
# in: E3
# honest: 3
# edit: all_ids_of_e3
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.expand = nn.Linear(hidden_size, 4 * hidden_size)
        self.output = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.output(F.gelu(self.expand(x))))
