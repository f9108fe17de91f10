# three mistakes
# fails: e8.distribution, e8.fresh, e8.quiet
# misconception: e8.greedy, e8.prints, e8.gradients-recorded


def generate(self, x, max_new_tokens, temperature=1.0):
    was = self.training
    self.eval()
    for step in range(max_new_tokens):
        logits, _ = self(x[:, -self.context_size:])
        token = logits[:, -1].argmax(-1, keepdim=True)
        print(step, token[0].item())
        x = torch.cat([x, token], dim=1)
    self.train(was)
    return x
