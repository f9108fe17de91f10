# the parts' outputs are added to in place
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm([hidden_size]) for _ in range(2)])
        self.parts = nn.ModuleList(
            [MultiHeadCausalSelfAttention(hidden_size, n_head, dropout), MLP(hidden_size, dropout)]
        )

    def forward(self, x):
        for norm, part in zip(self.norms, self.parts):
            y = part(norm(x))
            x = torch.add(y, x)
        return x
