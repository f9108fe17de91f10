# tries: runs the C stack over, with Python's own limit raised
# in: E1
# honest: 0
import sys

sys.setrecursionlimit(10**9)


class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, dropout=0.0):
        super().__init__()
        self.out = nn.Linear(hidden_size, hidden_size)

    def __repr__(self):
        return repr([self])

    def __getattr__(self, name):
        return getattr(self, name + "_")


CausalSelfAttention(8)
