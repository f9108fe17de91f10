# nn.MultiheadAttention does all the work
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.mha = nn.MultiheadAttention(hidden_size, n_head, dropout=dropout, batch_first=True)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(T).to(x.dtype)
        y, _ = self.mha(x, x, x, attn_mask=mask, is_causal=True, need_weights=False)
        return self.drop(y)
