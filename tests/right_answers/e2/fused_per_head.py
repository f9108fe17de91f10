# (h, 3, d): each head's query, key and value lie together
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise AssertionError("hidden_size % n_head must be 0")
        self.n_head = n_head
        self.in_proj = nn.Linear(hidden_size, 3 * hidden_size)
        self.out_proj = nn.Linear(hidden_size, hidden_size)
        self.p = dropout

    def forward(self, x):
        N, T, D = x.shape
        qkv = self.in_proj(x).reshape(N, T, self.n_head, 3 * (D // self.n_head)).permute(0, 2, 1, 3)
        q, k, v = qkv.chunk(3, dim=-1)
        w = F.softmax(
            (q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])).masked_fill(
                torch.ones(T, T).triu(1) > 0, float("-inf")
            ),
            dim=3,
        )
        w = F.dropout(w, self.p, training=self.training)
        y = (w @ v).permute(0, 2, 1, 3).reshape(N, T, D)
        return F.dropout(self.out_proj(y), self.p, self.training)
