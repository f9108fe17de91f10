def rotate(x):
    T, d = x.shape[-2], x.shape[-1]
    freq = 10000 ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angle = torch.outer(torch.arange(T, dtype=x.dtype), freq)
    angle = torch.cat([angle, angle], dim=-1)
    a, b = x.chunk(2, dim=-1)
    return x * angle.cos() + torch.cat([-b, a], dim=-1) * angle.sin()
