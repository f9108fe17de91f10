# nn.MultiheadAttention, time first, bool mask, no biases
class MultiHeadCausalSelfAttention(nn.MultiheadAttention):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__(hidden_size, n_head, dropout, bias=False)
        self.second = nn.Dropout(dropout)

    def forward(self, x):
        T = x.size(1)
        x = x.transpose(0, 1)
        hidden = ~torch.tril(torch.ones(T, T, dtype=torch.bool))
        y, weights = super().forward(x, x, x, attn_mask=hidden)
        return self.second(y).transpose(0, 1)
