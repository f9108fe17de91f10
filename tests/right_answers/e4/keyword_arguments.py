# parts made with keywords, eps and bias of one's own
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.mlp = MLP(dropout=dropout, hidden_size=hidden_size)
        self.attn = MultiHeadCausalSelfAttention(
            n_head=n_head, hidden_size=hidden_size, dropout=dropout
        )
        self.norm_b = nn.LayerNorm(hidden_size, eps=1e-6, bias=False)
        self.norm_a = nn.LayerNorm(hidden_size, eps=1e-6, bias=False)

    def forward(self, x):
        x = self.attn(self.norm_a(x)) + x
        x = self.mlp(self.norm_b(x)) + x
        return x
