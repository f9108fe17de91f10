# fails: t9.1.weight, t9.1.worked
# says: there is no bias any more
# misconception: none
class RMSNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        self.norm = nn.LayerNorm(hidden_size, eps=eps)

    def forward(self, x):
        return self.norm(x)
