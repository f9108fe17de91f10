# the mode is restored within the loop: dropout is on from the second token
# fails: e8.mode
# misconception: none
@torch.no_grad()
def generate(self, x, max_new_tokens, temperature=1.0):
    """Does not call forward but the model's parts, and computes one position's logits only."""
    was_training = self.training
    self.eval()
    for _ in range(max_new_tokens):
        seen = x[:, -self.context_size:]
        stream = self.token_embedding(seen) + self.position_embedding.weight[:seen.shape[1]]
        for block in self.blocks:
            stream = block(stream)
        logits = self.final_norm(stream[:, -1]) @ self.token_embedding.weight.T
        x = torch.cat([x, torch.multinomial((logits / temperature).softmax(-1), 1)], dim=1)
        self.train(was_training)
    return x
