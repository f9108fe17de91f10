def rotate(x):
    d = x.shape[-1]
    mirror = x.flip(-1)
    i = torch.minimum(torch.arange(d), d - 1 - torch.arange(d))
    sign = torch.where(torch.arange(d) < d // 2, -1.0, 1.0)
    angle = torch.arange(x.shape[-2])[:, None] * 10000.0 ** (-2 * i / d)
    return (x * angle.cos() + sign * mirror * angle.sin()).type_as(x)
