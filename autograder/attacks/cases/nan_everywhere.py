# tries: gives numbers that compare with nothing: nan and infinity, in outputs, weights and gradients (three matrices are there: 0.5)
# in: own cell
# honest: 0.5
# expects: finite | agree | differ | weights | not
nan = float("nan")


class Nothing(nn.Module):
    def __init__(self, hidden_size, *args):
        super().__init__()
        self.weight = nn.Parameter(torch.full((3, hidden_size, hidden_size), nan))

    def forward(self, x, *others):
        return x * nan + self.weight.sum()
# -- in: E1
CausalSelfAttention = Nothing
# -- in: E2
MultiHeadCausalSelfAttention = Nothing
# -- in: E3
MLP = Nothing
# -- in: E4
Block = Nothing
# -- in: E7
def train(*args):
    return nan
# -- in: E8
def generate(self, x, n, temperature=1.0):
    return torch.full((x.shape[0], x.shape[1] + n), nan)
