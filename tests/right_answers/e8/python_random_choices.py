import random


def generate(self, x, max_new_tokens, temperature=1.0):
    """Drawn with the standard library; the loss that the model gives as well is thrown away."""
    was_training = self.training
    self.eval()
    try:
        with torch.no_grad():
            for _ in range(max_new_tokens):
                logits = self(x[:, -self.context_size :], x[:, -self.context_size :])[0]
                weights = (logits[:, -1] / temperature).softmax(dim=-1).tolist()
                tokens = [random.choices(range(len(w)), weights=w)[0] for w in weights]
                x = torch.cat((x, torch.tensor(tokens, dtype=torch.long).view(-1, 1)), dim=1)
    finally:
        self.train(was_training)
    return x
