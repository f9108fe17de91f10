# fails: e1.shape
# says: Module.__init__()
# misconception: e1.no-super-init
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
