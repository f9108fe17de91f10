# (2, D, 4D), the second used transposed
class MLP(nn.Module):
    def __init__(self, hidden_size, dropout):
        super().__init__()
        self.w = nn.Parameter(torch.empty(2, hidden_size, 4 * hidden_size).normal_(std=0.02))
        self.bias = nn.Parameter(torch.zeros(4 * hidden_size))
        self.dropout = dropout

    def forward(self, x):
        h = F.gelu(torch.einsum("...i,ij->...j", x, self.w[0]) + self.bias)
        y = torch.einsum("...j,ij->...i", h, self.w[1])
        return F.dropout(y, p=self.dropout, training=self.training, inplace=True)
