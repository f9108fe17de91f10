# nn.Dropout() without its rate, for the weights
# fails: e2.dropout_weights, e2.evaluation
# misconception: e2.dropout-rate-fixed
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        if hidden_size % n_head:
            raise ValueError("n_head must divide hidden_size")
        self.h = n_head
        self.kqv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.mix = nn.Linear(hidden_size, hidden_size, bias=False)
        self.attn_drop = nn.Dropout()
        self.out_drop = nn.Dropout(dropout)

    def forward(self, x):
        n, t, c = x.shape
        k, q, v = self.kqv(x).reshape(n, t, 3, self.h, c // self.h).permute(2, 0, 3, 1, 4)
        a = q @ k.mT * (c // self.h) ** -0.5
        a = a.masked_fill(torch.ones(t, t).triu(1).bool(), float("-inf")).softmax(-1)
        return self.out_drop(self.mix((self.attn_drop(a) @ v).transpose(1, 2).reshape(n, t, c)))
