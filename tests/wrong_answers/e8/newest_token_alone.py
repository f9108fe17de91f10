# as if the model remembered what it has read
# fails: e8.context
# misconception: e8.only-last-token-read


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    seen = x[:, -self.context_size:]
    for _ in range(max_new_tokens):
        logits, _ = self(seen)
        seen = F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)
        x = torch.cat([x, seen], dim=1)
    self.train(was_training)
    return x
