# heads folded into the batch axis, bmm, in-place operations
class MultiHeadCausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.n_head = n_head
        self.head_dim = hidden_size // n_head
        if self.head_dim * n_head != hidden_size:
            raise ValueError(hidden_size, n_head)
        self.q_proj = nn.Linear(hidden_size, hidden_size, bias=True)
        self.k_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v_proj = nn.Linear(hidden_size, hidden_size, bias=True)
        self.out_proj = nn.Linear(hidden_size, hidden_size, bias=True)
        self.dropout = dropout

    def forward(self, hidden_states):
        bsz, tgt_len, dim = hidden_states.size()
        shape = (bsz * self.n_head, -1, self.head_dim)

        def fold(t):
            return t.view(bsz, tgt_len, self.n_head, self.head_dim).transpose(1, 2).reshape(*shape)

        query = fold(self.q_proj(hidden_states) * self.head_dim**-0.5)
        key, value = fold(self.k_proj(hidden_states)), fold(self.v_proj(hidden_states))
        weights = torch.bmm(query, key.transpose(1, 2))
        mask = torch.full((tgt_len, tgt_len), torch.finfo(weights.dtype).min).triu_(1)
        weights += mask
        weights = F.softmax(weights, dim=-1)
        probs = F.dropout(weights, p=self.dropout, training=self.training)
        out = torch.bmm(probs, value).view(bsz, self.n_head, tgt_len, self.head_dim)
        out = out.transpose(1, 2).reshape(bsz, tgt_len, dim)
        return F.dropout(self.out_proj(out), p=self.dropout, training=self.training, inplace=True)
