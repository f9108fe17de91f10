import sys
import warnings


class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        print("making an MLP of width", hidden_size)
        self.net = nn.Sequential(
            nn.Linear(hidden_size, 4 * hidden_size),
            nn.GELU(),
            nn.Linear(4 * hidden_size, hidden_size),
            nn.Dropout(dropout),
        )
        self.output = self.net[2]

    def forward(self, x):
        warnings.warn("this is only a warning")
        print("40.0")
        print("forward", x.shape, file=sys.stderr)
        return self.net(x)


print(100.0)
warnings.warn("and another one")
