# fails: e1.shape
# misconception: e1.fixed-length
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.register_buffer("mask", torch.triu(torch.ones(64, 64), 1).bool())

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        scores = q @ k.transpose(1, 2) / math.sqrt(x.shape[-1])
        return scores.masked_fill(self.mask, float("-inf")).softmax(-1) @ v
