# head i works on the columns i, i + h, i + 2h ...
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.n_head = n_head
        assert hidden_size % n_head == 0
        self.q = nn.Linear(hidden_size, hidden_size)
        self.k = nn.Linear(hidden_size, hidden_size)
        self.v = nn.Linear(hidden_size, hidden_size)
        self.o = nn.Linear(hidden_size, hidden_size)
        self.dropout = dropout

    def forward(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        y = torch.empty_like(q)
        for i in range(self.n_head):
            y[..., i :: self.n_head] = F.scaled_dot_product_attention(
                q[..., i :: self.n_head], k[..., i :: self.n_head], v[..., i :: self.n_head],
                dropout_p=self.dropout if self.training else 0, is_causal=True,
            )
        return F.dropout(self.o(y), self.dropout, self.training)
