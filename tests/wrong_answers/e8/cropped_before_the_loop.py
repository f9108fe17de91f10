# fails: e8.context
# misconception: e8.context-cropped-once


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    context = x[:, -self.context_size:]
    for _ in range(max_new_tokens):
        logits, _ = self(context)
        token = F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)
        context = torch.cat([context, token], dim=1)
        x = torch.cat([x, token], dim=1)
    self.train(was_training)
    return x
