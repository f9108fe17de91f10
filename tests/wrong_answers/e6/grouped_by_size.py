# large tensors decay, small ones do not
# fails: e6.decay
# says: does not decay
# misconception: e6.grouped-by-size
def configure_optimizers(self, weight_decay, learning_rate, betas):
    param_dict = {pn: p for pn, p in self.named_parameters()}
    param_dict = {pn: p for pn, p in param_dict.items() if p.requires_grad}
    decay_params = [p for n, p in param_dict.items() if p.numel() > 100]
    nodecay_params = [p for n, p in param_dict.items() if p.numel() <= 100]
    optim_groups = [
        {'params': decay_params, 'weight_decay': weight_decay},
        {'params': nodecay_params, 'weight_decay': 0.0}
    ]
    num_decay_params = sum(p.numel() for p in decay_params)
    print(f"num decayed parameter tensors: {len(decay_params)}, with {num_decay_params:,} parameters")
    optimizer = torch.optim.AdamW(optim_groups, lr=learning_rate, betas=betas)
    return optimizer
