# a matrix of 0 and -inf is added
def causal_mask(size):
    return torch.triu(torch.ones(size, size) * float("-inf"), diagonal=1)


class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.to_q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.to_kv = nn.Linear(hidden_size, 2 * hidden_size, bias=False)
        self.scale = hidden_size**-0.5

    def forward(self, x):
        q = self.to_q(x) * self.scale
        k, v = self.to_kv(x).chunk(2, dim=-1)
        scores = q @ k.transpose(1, 2) + causal_mask(x.shape[1])
        return scores.softmax(-1) @ v
