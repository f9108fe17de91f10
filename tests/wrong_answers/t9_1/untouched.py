# fails: t9.1.shape
# says: not written
# misconception: none
class RMSNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        raise NotImplementedError()

    def forward(self, x):
        raise NotImplementedError()
