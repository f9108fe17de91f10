# a copy spares the caller's tensor, not the backward pass
# fails: e4.residuals
# says: cannot be trained
# misconception: e4.overwritten-in-place
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout):
        super().__init__()
        self.layers = nn.ModuleDict({
            "attention_norm": nn.LayerNorm(hidden_size),
            "attention": MultiHeadCausalSelfAttention(hidden_size, n_head, dropout),
            "mlp_norm": nn.LayerNorm(hidden_size),
            "mlp": MLP(hidden_size, dropout),
        })
    def forward(self, x):
        y = x.clone()
        y += self.layers["attention"](self.layers["attention_norm"](y))
        y += self.layers["mlp"](self.layers["mlp_norm"](y))
        return y
