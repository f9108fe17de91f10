# fails: e1.shape
# misconception: e1.weights-not-used
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.q = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        torch.manual_seed(0)
        q = nn.Linear(self.hidden_size, self.hidden_size, bias=False)(x)
        k = nn.Linear(self.hidden_size, self.hidden_size, bias=False)(x)
        v = nn.Linear(self.hidden_size, self.hidden_size, bias=False)(x)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
