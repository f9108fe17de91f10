# fails: e3.shape
# says: register the layers
# misconception: e3.weights-not-registered
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.layers = [nn.Linear(hidden_size, 4 * hidden_size), nn.Linear(4 * hidden_size, hidden_size)]
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.layers[0](x))
        x = self.layers[1](x)
        return self.dropout(x)
