def rotate(x):
    T, d = x.shape[2:]
    angle = torch.arange(T)[:, None] * torch.exp(-math.log(10000) * torch.arange(0, d, 2) / d)
    R = torch.zeros(T, d, d)
    for i in range(d // 2):
        R[:, i, i] = R[:, i - d // 2, i - d // 2] = angle[:, i].cos()
        R[:, i, i - d // 2] = -angle[:, i].sin()
        R[:, i - d // 2, i] = angle[:, i].sin()
    return torch.einsum("tij,nhtj->nhti", R.to(x), x)
