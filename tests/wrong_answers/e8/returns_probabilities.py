# fails: e8.shape, e8.rows
# misconception: e8.numbers-for-tokens


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    found = []
    for _ in range(max_new_tokens):
        p = F.softmax(self(x[:, -self.context_size:])[0][:, -1] / temperature, dim=-1)
        token = torch.multinomial(p, 1)
        found.append(p.gather(1, token))
        x = torch.cat([x, token], dim=1)
    self.train(was_training)
    return torch.cat([x[:, :x.shape[1] - max_new_tokens].float(), *found], dim=1)
