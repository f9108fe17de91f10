def rotate(x):
    y = torch.empty_like(x)
    d = x.shape[-1]
    for t in range(x.shape[2]):
        for i in range(d // 2):
            angle = t / 10000 ** (2 * i / d)
            c, s = math.cos(angle), math.sin(angle)
            a, b = x[:, :, t, 2 * i], x[:, :, t, 2 * i + 1]
            y[:, :, t, 2 * i] = c * a - s * b
            y[:, :, t, 2 * i + 1] = s * a + c * b
    return y
