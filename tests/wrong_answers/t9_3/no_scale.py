# fails: t9.3.multi_head, t9.3.grouped
# says: another scale
# misconception: none
class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        self.h, self.g, self.d = n_head, n_kv_head, hidden_size // n_head
        self.wq = nn.Linear(hidden_size, n_head * self.d, bias=False)
        self.wk = nn.Linear(hidden_size, n_kv_head * self.d, bias=False)
        self.wv = nn.Linear(hidden_size, n_kv_head * self.d, bias=False)
        self.wo = nn.Linear(n_head * self.d, hidden_size, bias=False)

    def forward(self, x):
        N, T, D = x.shape
        q = self.wq(x).view(N, T, self.h, self.d).transpose(1, 2)
        k = self.wk(x).view(N, T, self.g, self.d).transpose(1, 2)
        v = self.wv(x).view(N, T, self.g, self.d).transpose(1, 2)
        k = k.repeat_interleave(self.h // self.g, dim=1)
        v = v.repeat_interleave(self.h // self.g, dim=1)
        scores = q @ k.transpose(2, 3)
        mask = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(mask, float("-inf")).softmax(dim=-1)
        return self.wo((weights @ v).transpose(1, 2).reshape(N, T, D))
