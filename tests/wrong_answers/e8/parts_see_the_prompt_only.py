# every token is drawn from the prompt alone
# fails: e8.context
# misconception: none
@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    """Does not call forward but the model's parts, and computes one position's logits only."""
    was_training = self.training
    self.eval()
    seen = x[:, -self.context_size:]
    for _ in range(max_new_tokens):
        stream = self.token_embedding(seen) + self.position_embedding.weight[:seen.shape[1]]
        for block in self.blocks:
            stream = block(stream)
        logits = self.final_norm(stream[:, -1]) @ self.token_embedding.weight.T
        x = torch.cat([x, torch.multinomial((logits / temperature).softmax(-1), 1)], dim=1)
    self.train(was_training)
    return x
