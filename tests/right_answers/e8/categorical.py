from torch.distributions import Categorical


def generate(self, x, max_new_tokens, temperature=1.0):
    mode = self.training
    try:
        self.eval()
        with torch.inference_mode():
            for step in range(max_new_tokens):
                start = max(0, x.shape[1] - self.context_size)
                logits, loss = self.forward(x[:, start:])
                token = Categorical(logits=logits[:, -1] / temperature).sample()
                x = torch.hstack([x, token.unsqueeze(1)])
    finally:
        self.train(mode)
    return x
