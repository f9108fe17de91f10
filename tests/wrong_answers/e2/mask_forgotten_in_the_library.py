# fails: e2.causal, e2.one_head, e2.formula
# misconception: e2.no-mask
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.attention = nn.MultiheadAttention(hidden_size, n_head, dropout, batch_first=True)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.attention(x, x, x)[0])
