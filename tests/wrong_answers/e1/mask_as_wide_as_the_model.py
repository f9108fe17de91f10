# the mask has the hidden size instead of the length
# fails: e1.general
# says: 1024
# misconception: e1.mask-as-wide-as-the-model
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.register_buffer("mask", torch.triu(torch.ones(hidden_size, hidden_size), 1).bool())
        self.hidden_size = hidden_size
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)
        self.query = nn.Linear(hidden_size, hidden_size, bias=False)
        self.value = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(D)
        scores = scores.masked_fill(self.mask[:T, :T], float("-inf"))
        weights = F.softmax(scores, dim=-1)
        return weights @ v
