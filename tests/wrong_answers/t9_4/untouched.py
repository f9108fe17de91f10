# fails: t9.4.shape
# says: not written
# misconception: none
class SwiGLU(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        raise NotImplementedError()

    def forward(self, x):
        raise NotImplementedError()
