# projections as convolutions of kernel size one
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.conv = nn.Conv1d(hidden_size, 3 * hidden_size, kernel_size=1, bias=False)

    def forward(self, x):
        q, k, v = self.conv(x.transpose(1, 2)).chunk(3, dim=1)  # (N, D, T)
        scores = q.transpose(1, 2) @ k / math.sqrt(x.shape[-1])
        T = x.shape[1]
        scores = scores.masked_fill(torch.ones(T, T).tril().logical_not(), float("-inf"))
        return torch.softmax(scores, dim=-1) @ v.transpose(1, 2)
