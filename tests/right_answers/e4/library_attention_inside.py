# nn.MultiheadAttention and an MLP written out in forward
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)
        self.attn = nn.MultiheadAttention(hidden_size, n_head, dropout, batch_first=True)
        self.up = nn.Linear(hidden_size, 4 * hidden_size)
        self.down = nn.Linear(4 * hidden_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        T = x.size(1)
        mask = torch.ones(T, T, dtype=torch.bool).triu(1)
        z = self.n1(x)
        y, _ = self.attn(z, z, z, attn_mask=mask, need_weights=False)
        x = x + self.drop(y)
        return x + self.drop(self.down(F.gelu(self.up(self.n2(x)))))
