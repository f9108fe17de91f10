# weights of size 0.02, a mask that grows on demand, baddbmm
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.c_attn = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        torch.nn.init.normal_(self.c_attn.weight, mean=0.0, std=0.02)
        self.register_buffer("mask", None, persistent=False)
    def _mask(self, T):
        if self.mask is None or self.mask.size(0) < T:
            self.mask = torch.ones(T, T, dtype=torch.bool).triu(1)
        return self.mask[:T, :T]
    def forward(self, x):
        batch, time, dim = x.size()
        q, k, v = self.c_attn(x).view(batch, time, 3, dim).unbind(2)
        att = torch.baddbmm(torch.zeros(batch, time, time, dtype=x.dtype), q, k.transpose(1, 2), alpha=1 / dim ** 0.5)
        att = att.masked_fill(self._mask(time), float("-inf"))
        return F.softmax(att, -1).bmm(v)
