# every head with a fused projection of its own, with biases
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        assert hidden_size % n_head == 0
        self.qkvs = nn.ModuleList(
            nn.Linear(hidden_size, 3 * hidden_size // n_head) for _ in range(n_head)
        )
        self.final = nn.Linear(hidden_size, hidden_size)
        self.rate = dropout

    def forward(self, x):
        outs = []
        for qkv in self.qkvs:
            q, k, v = qkv(x).chunk(3, dim=2)
            outs.append(
                F.scaled_dot_product_attention(
                    q, k, v, is_causal=True, dropout_p=self.rate * self.training
                )
            )
        return F.dropout(self.final(torch.cat(outs, 2)), self.rate, self.training)
