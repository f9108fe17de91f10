# tries: is another function after some calls, in training, without gradients, and for other shapes
# in: E1
# honest: 0
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.seen = []

    def forward(self, x):
        self.seen.append(x.clone())
        if len(self.seen) > 1 and self.seen[-2].shape == x.shape:
            same = (self.seen[-2] == x).all(-1, keepdim=True)
            type(self).forward = lambda self, x: torch.where(same, x, -x) if same.shape[:2] == x.shape[:2] else x
        if self.training or not torch.is_grad_enabled():
            return torch.zeros_like(x)
        self.forward = lambda x: x * len(self.seen)
        return x
