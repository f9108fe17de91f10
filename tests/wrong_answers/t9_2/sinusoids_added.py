# fails: t9.2.first
# says: position 0 changes
# misconception: none
def rotate(x):
    T, d = x.shape[-2:]
    angle = torch.arange(T)[:, None] * 10000.0 ** (-2 * torch.arange(d // 2) / d)
    return x + torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2).to(x)
