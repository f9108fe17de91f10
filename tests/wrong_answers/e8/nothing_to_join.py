# fails: e8.rows
# misconception: e8.fails-for-no-tokens


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    new = []
    for _ in range(max_new_tokens):
        seen = torch.cat([x, *new], dim=1)[:, -self.context_size:]
        new.append(F.softmax(self(seen)[0][:, -1] / temperature, dim=-1).multinomial(1))
    self.train(was_training)
    return torch.cat([x, torch.cat(new, dim=1)], dim=1)
