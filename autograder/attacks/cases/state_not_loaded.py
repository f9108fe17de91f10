# tries: a state_dict and a load_state_dict that only pretend, and weights that cannot be set
# in: own cell
# honest: 0
nn.Module.load_state_dict = lambda self, state, *args, **kwargs: "<All keys matched successfully>"
nn.Module.state_dict = lambda self, *args, **kwargs: {}
torch.Tensor.copy_ = lambda self, other, *args: self
torch.Tensor.data_ptr = lambda self: 4096
# -- in: E5
class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        self.V = vocab_size
        self.table = nn.Parameter(torch.randn(vocab_size, hidden_size) * 0.02)

    def forward(self, x, y=None):
        return torch.zeros(*x.shape, self.V), None if y is None else torch.zeros(())
