# 2/pi where its square root is asked for; both matrices in one parameter
# fails: e3.formula
# misconception: e3.nearly-gelu
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.w = nn.Parameter(torch.empty(2, hidden_size, 4 * hidden_size).normal_(std=0.02))
        self.dropout = dropout

    def forward(self, x):
        z = torch.einsum("...i,ij->...j", x, self.w[0])
        h = 0.5 * z * (1 + torch.tanh(2 / math.pi * (z + 0.044715 * z**3)))
        y = torch.einsum("...j,ij->...i", h, self.w[1])
        return F.dropout(y, p=self.dropout, training=self.training)
