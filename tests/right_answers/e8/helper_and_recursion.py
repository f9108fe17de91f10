def next_token(model, context, temperature):
    logits, _ = model(context)
    return torch.softmax(logits.select(1, -1).div(temperature), -1).multinomial(1)


@torch.no_grad()
def write(model, x, n, temperature):
    if n == 0:
        return x
    token = next_token(model, x[:, -model.context_size:], temperature)
    return write(model, torch.cat([x, token], 1), n - 1, temperature)


def generate(self, x, max_new_tokens, temperature=1.0):
    """One token, then the rest."""
    before = self.training
    self.eval()
    text = write(self, x, max_new_tokens, temperature)
    return (self.train() if before else self.eval()) and text
