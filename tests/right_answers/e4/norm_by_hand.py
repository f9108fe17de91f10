# a LayerNorm written out, weight and bias as bare parameters
class LayerNorm(nn.Module):
    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))
        self.beta = nn.Parameter(torch.zeros(width))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln_1 = LayerNorm(hidden_size)
        self.attention = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ln_2 = LayerNorm(hidden_size)
        self.feed_forward = MLP(hidden_size, dropout)

    def forward(self, x):
        a = x + self.attention(self.ln_1(x))
        return a + self.feed_forward(self.ln_2(a))
