# F.layer_norm with parameters of the block, no bias on one
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.w1 = nn.Parameter(torch.ones(hidden_size))
        self.w2 = nn.Parameter(torch.ones(1, 1, hidden_size))
        self.b2 = nn.Parameter(torch.zeros(1, 1, hidden_size))
        self.mha = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.ffn = MLP(hidden_size, dropout)

    def forward(self, x):
        x = x + self.mha(F.layer_norm(x, x.shape[-1:], weight=self.w1, eps=1e-5))
        z = F.layer_norm(x, x.shape[-1:], eps=1e-5) * self.w2 + self.b2
        return x + self.ffn(z)
