# fails: e4.shape
# says: not written yet
# misconception: none
class Block(nn.Module):
    def __init__(self, hidden_size: int, n_head: int, dropout: float) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x: Tensor) -> Tensor:
        # YOUR CODE HERE
        raise NotImplementedError()
