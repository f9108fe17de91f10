# fails: t9.3.shape
# says: not written
# misconception: none
class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        raise NotImplementedError()

    def forward(self, x):
        raise NotImplementedError()
