# bare parameters, used as x @ W
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.W_Q = nn.Parameter(torch.randn(hidden_size, hidden_size) / math.sqrt(hidden_size))
        self.W_K = nn.Parameter(torch.randn(hidden_size, hidden_size) / math.sqrt(hidden_size))
        self.W_V = nn.Parameter(torch.randn(hidden_size, hidden_size) / math.sqrt(hidden_size))

    def forward(self, x):
        Q, K, V = x @ self.W_Q, x @ self.W_K, x @ self.W_V
        S = Q @ K.mT / math.sqrt(x.shape[-1])
        S = S + torch.full_like(S, float("-inf")).triu(1)
        return torch.softmax(S, -1) @ V
