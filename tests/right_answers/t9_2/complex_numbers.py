def rotate(x):
    N, h, T, d = x.shape
    z = torch.view_as_complex(x.reshape(N, h, T, d // 2, 2).contiguous())
    theta = 10000.0 ** (-2 * torch.arange(d // 2) / d)
    turn = torch.polar(torch.ones(T, d // 2), torch.arange(T)[:, None] * theta)
    return torch.view_as_real(z * turn).flatten(-2).to(x.dtype)
