# fails: e1.causal
# says: far below every score
# misconception: e1.weak-mask
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        T = x.shape[1]
        scores = q @ k.transpose(1, 2) / math.sqrt(x.shape[-1])
        return scores.masked_fill(torch.ones(T, T).triu(1) == 1, -50.0).softmax(-1) @ v
