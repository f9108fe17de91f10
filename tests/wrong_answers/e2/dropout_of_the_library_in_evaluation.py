# fails: e2.evaluation
# misconception: e2.dropout-in-evaluation
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("n_head must divide hidden_size")
        self.n_head = n_head
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size)
        self.out = nn.Linear(hidden_size, hidden_size)
        self.p = dropout
        self.output_dropout = nn.Dropout(dropout)

    def forward(self, x):
        N, T, D = x.shape
        h, d = self.n_head, D // self.n_head
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (t.view(N, T, h, d).transpose(1, 2) for t in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.p)
        return self.output_dropout(self.out(y.transpose(1, 2).reshape(N, T, D)))
