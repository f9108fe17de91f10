# fails: e1.shape
# says: not a tensor
# misconception: e1.several-returned
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        T = x.shape[1]
        scores = q @ k.transpose(1, 2) / math.sqrt(x.shape[-1])
        weights = scores.masked_fill(torch.ones(T, T).triu(1).bool(), float("-inf")).softmax(-1)
        return weights @ v, weights
