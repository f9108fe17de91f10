# an endless generator, cut to length
from contextlib import contextmanager
@contextmanager
def evaluating(model):
    was = model.training
    model.eval()
    try:
        yield model
    finally:
        model.train(was)

def stream(model, x, temperature):
    while True:
        logits, _ = model(x[:, -model.context_size:])
        token = torch.multinomial(F.softmax(logits[:, -1, :].float() / temperature, dim=-1), 1)
        yield token
        x = torch.cat([x, token], dim=1)

def generate(self, x, max_new_tokens, temperature=1.0, **ignored):
    from itertools import islice
    with torch.no_grad(), evaluating(self):
        return torch.cat([x, *islice(stream(self, x, temperature), max_new_tokens)], dim=1)
