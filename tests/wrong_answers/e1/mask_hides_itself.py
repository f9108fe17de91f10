# fails: e1.causal, e1.formula, e1.general
# says: attends to itself
# misconception: e1.mask-hides-itself
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        T = x.shape[1]
        scores = q @ k.transpose(1, 2) / math.sqrt(x.shape[-1])
        mask = torch.triu(torch.ones(T, T)).bool()
        return scores.masked_fill(mask, float("-inf")).softmax(-1) @ v
