@torch.inference_mode()
def generate(self, x, max_new_tokens, temperature=1.0):
    """The context size is read from the parameters of the model itself."""
    context_size = getattr(self, "context_size", None) or self.position_embedding.num_embeddings
    modes = {module: module.training for module in self.modules()}
    self.eval()
    for _ in range(max_new_tokens):
        window = x.narrow(1, max(0, x.shape[1] - context_size), min(x.shape[1], context_size))
        logits, _ = self(window)
        log_p = torch.log_softmax(logits[:, -1].float() / temperature, dim=-1)
        x = torch.cat([x, torch.multinomial(log_p.exp(), 1, replacement=True)], dim=1)
    for module, mode in modes.items():
        module.training = mode
    return x
