# fails: e4.shape
# misconception: e4.post-norm
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)
        self.attn = nn.MultiheadAttention(hidden_size, n_head, dropout, batch_first=True)
        self.fc1 = nn.Linear(hidden_size, 4 * hidden_size)
        self.fc2 = nn.Linear(4 * hidden_size, hidden_size)

    def forward(self, x):
        mask = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        x = self.ln1(x + self.attn(x, x, x, attn_mask=mask)[0])
        return self.ln2(x + self.fc2(F.gelu(self.fc1(x))))
