# two mistakes of different kinds
# fails: e2.formula, e2.dropout_output
# misconception: e2.no-dropout-on-output, e2.scale-by-hidden-size
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0
        self.n_head, self.p = n_head, dropout
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.value = nn.Linear(hidden_size, hidden_size)
        self.proj = nn.Linear(hidden_size, hidden_size)

    def heads(self, t):
        return t.unflatten(-1, (self.n_head, -1)).transpose(1, 2)

    def forward(self, x):
        q, k, v = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        y = F.scaled_dot_product_attention(
            q, k, v, is_causal=True, scale=x.shape[-1] ** -0.5,
            dropout_p=self.p if self.training else 0.0,
        )
        return self.proj(y.transpose(1, 2).flatten(2))
