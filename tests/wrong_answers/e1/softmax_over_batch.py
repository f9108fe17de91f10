# fails: e1.rows, e1.formula
# misconception: e1.masked-after-softmax, e1.softmax-over-batch
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        T = x.shape[1]
        scores = q @ k.transpose(1, 2) / math.sqrt(x.shape[-1])
        weights = F.softmax(scores, dim=0) * torch.ones(T, T).tril()
        return weights @ v
