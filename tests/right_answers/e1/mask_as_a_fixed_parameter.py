# the mask is a parameter that does not learn, in blocks of 2,048
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.Wq = nn.Linear(hidden_size, hidden_size, bias=False)
        self.Wk = nn.Linear(hidden_size, hidden_size, bias=False)
        self.Wv = nn.Linear(hidden_size, hidden_size, bias=False)
        self.scale = nn.Parameter(torch.tensor(hidden_size**-0.5), requires_grad=False)
        self.mask = nn.Parameter(
            torch.triu(torch.ones(2048, 2048), diagonal=1) * -1e9, requires_grad=False
        )

    def forward(self, x):
        T = x.shape[1]
        scores = torch.einsum("ntd,nsd->nts", self.Wq(x), self.Wk(x)) * self.scale
        return (scores + self.mask[:T, :T]).softmax(-1) @ self.Wv(x)
