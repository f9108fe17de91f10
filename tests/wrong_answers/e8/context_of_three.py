# a number from an example in place of the model's own
# fails: e8.context
# misconception: e8.context-size-written-out


def generate(self, x, max_new_tokens, temperature=1.0):
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -3:])
            x = torch.cat([x, F.softmax(logits[:, -1] / temperature, dim=-1).multinomial(1)], dim=1)
    self.train(was_training)
    return x
