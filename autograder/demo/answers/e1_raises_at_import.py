import tensorflow_addons_of_my_laptop as tfa


class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.attention = tfa.Attention(hidden_size)
