# written for one sequence and mapped over the batch
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.normal(0, 0.2, size=(hidden_size, 3 * hidden_size)))
    def forward(self, x):
        def one(s):
            q, k, v = (s @ self.W).tensor_split(3, dim=-1)
            z = q @ k.T / s.shape[-1] ** 0.5
            z = z + torch.triu(torch.full_like(z, -torch.inf), 1)
            return torch.softmax(z, -1) @ v
        return torch.vmap(one)(x)
