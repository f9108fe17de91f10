# fails: t9.2.alike
# says: turned differently
# misconception: none
def rotate(x):
    T, d = x.shape[-2:]
    t = torch.arange(T, dtype=x.dtype)
    i = torch.arange(d // 2, dtype=x.dtype)
    t = t * (1 + x.mean())
    angle = t[:, None] * 10000.0 ** (-2 * i / d)
    a, b = x[..., 0::2], x[..., 1::2]
    y = torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=-1)
    return y.flatten(-2)
