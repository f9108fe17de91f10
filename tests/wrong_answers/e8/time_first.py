# fails: e8.shape
# misconception: e8.rows-and-columns-swapped


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    tokens = list(x.unbind(1))
    for _ in range(max_new_tokens):
        logits, _ = self(torch.stack(tokens[-self.context_size:], dim=1))
        tokens.append(F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1).squeeze(1))
    self.train(was_training)
    return torch.stack(tokens)
