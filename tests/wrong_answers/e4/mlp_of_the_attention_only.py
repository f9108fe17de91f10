# fails: e4.formula
# misconception: e4.mlp-sees-attention-only
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)])
        self.attend = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.think = MLP(hidden_size, dropout)

    def forward(self, x):
        gathered = self.attend(self.norms[0](x))
        return x + gathered + self.think(self.norms[1](gathered))
