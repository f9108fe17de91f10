# the library's functional form, its output projection an identity in a buffer
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.D = hidden_size
        self.in_proj_weight = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        nn.init.xavier_uniform_(self.in_proj_weight)
        self.register_buffer("eye", torch.eye(hidden_size))
    def forward(self, x):
        T = x.size(1)
        x = x.transpose(0, 1)
        mask = nn.Transformer.generate_square_subsequent_mask(T, dtype=x.dtype)
        y, _ = F.multi_head_attention_forward(
            x, x, x, self.D, 1, self.in_proj_weight, None, None, None, False, 0.0,
            self.eye, None, training=self.training, need_weights=False, attn_mask=mask)
        return y.transpose(0, 1)
