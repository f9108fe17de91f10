# fails: e2.causal, e2.one_head, e2.formula, e2.dropout_weights, e2.dropout_output
# misconception: e2.batch-taken-for-time
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.attention = nn.MultiheadAttention(hidden_size, n_head, dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        mask = torch.ones(x.shape[0], x.shape[0]).triu(1).bool()
        return self.dropout(self.attention(x, x, x, attn_mask=mask)[0])
