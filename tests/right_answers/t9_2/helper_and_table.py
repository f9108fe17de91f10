def angles_for(T, d):
    return torch.arange(T).view(-1, 1) / 10_000 ** (torch.arange(d // 2) * 2 / d)


def rotate(x, positions=None):
    cos, sin = angles_for(*x.shape[-2:]).cos().to(x), angles_for(*x.shape[-2:]).sin().to(x)
    even, odd = x[..., ::2], x[..., 1::2]
    out = torch.zeros_like(x)
    out[..., ::2] = even * cos - odd * sin
    out[..., 1::2] = odd * cos + even * sin
    return out
