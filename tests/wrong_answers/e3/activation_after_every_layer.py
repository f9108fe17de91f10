# a loop that makes no difference between hiddens and outputs
# fails: e3.formula
# misconception: e3.activation-on-outputs-too, e3.relu-for-gelu
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(hidden_size, 4 * hidden_size), nn.Linear(4 * hidden_size, hidden_size)]
        )
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        for layer in self.layers:
            x = torch.clamp(layer(x), min=0)
        return self.drop(x)
