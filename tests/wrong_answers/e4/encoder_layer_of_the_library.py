# fails: e4.shape
# misconception: e4.post-norm
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            hidden_size, n_head, 4 * hidden_size, dropout, "gelu", batch_first=True
        )

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.layer(x, src_mask=mask)
