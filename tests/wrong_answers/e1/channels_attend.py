# fails: e1.causal, e1.formula
# misconception: e1.channels-attend
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        weights = (q.transpose(1, 2) @ k / math.sqrt(x.shape[-1])).softmax(-1)
        return v @ weights
