# fails: e8.distribution
# misconception: e8.top-k


import heapq
import random


@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    was = self.training
    self.eval()
    for _ in range(max_new_tokens):
        p = F.softmax(self(x[:, -self.context_size:])[0][:, -1] / temperature, dim=-1)
        tokens = []
        for weights in p.tolist():
            best = heapq.nlargest(3, range(len(weights)), key=weights.__getitem__)
            tokens.append(random.choices(best, [weights[i] for i in best])[0])
        x = torch.cat([x, torch.tensor(tokens)[:, None]], dim=1)
    self.train(was)
    return x
