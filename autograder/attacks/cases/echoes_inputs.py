# tries: gives back its inputs, or what it was given before, in every exercise
# in: own cell
# honest: 0
class Echo(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, x, *others):
        return x


def echo(*args, **kwargs):
    return args[1] if len(args) > 1 else args[0]
# -- in: E1
class CausalSelfAttention(Echo):
    pass
# -- in: E2
class MultiHeadCausalSelfAttention(Echo):
    pass
# -- in: E3
class MLP(Echo):
    pass
# -- in: E4
class Block(Echo):
    pass
# -- in: E5
class GPT(Echo):
    pass
# -- in: E6
configure_optimizers = echo
# -- in: E7
train = echo
# -- in: E8
generate = echo
