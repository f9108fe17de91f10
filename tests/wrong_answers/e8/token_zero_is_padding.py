# token 0 is taken for padding
# fails: e8.distribution
# misconception: e8.first-token-never-drawn
@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        logits = self(x[:, -self.context_size:])[0][:, -1].clone()
        logits[:, 0] = -float("inf")
        x = torch.cat([x, F.softmax(logits / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return x
