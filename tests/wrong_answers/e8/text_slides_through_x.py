# the new token takes the place of the oldest one, in x itself
# fails: e8.shape
# misconception: e8.length-kept
@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        logits, _ = self(x[:, -self.context_size:])
        token = F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)
        x[:, :-1] = x[:, 1:].clone()
        x[:, -1:] = token
    self.train(was_training)
    return x
