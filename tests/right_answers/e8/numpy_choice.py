import numpy as np


def generate(self, x, max_new_tokens, temperature=1.0):
    """Drawn with numpy; Python lists of token ids."""
    training = self.training
    self.eval()
    sequences = x.tolist()
    for _ in range(max_new_tokens):
        context = torch.tensor([s[-self.context_size:] for s in sequences])
        with torch.no_grad():
            logits, _ = self(context)
        p = torch.softmax(logits[:, -1].double() / temperature, -1).numpy()
        for s, row in zip(sequences, p):
            s.append(int(np.random.choice(len(row), p=row / row.sum())))
    self.train(training)
    return torch.tensor(sequences, dtype=torch.long)
