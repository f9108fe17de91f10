# %% G2.2
x_shape = torch.zeros(4, 10, 768).shape
# %% G2.3
q = k = torch.randn(1, 1, 10, 768)
scores_shape = (q @ k.transpose(-2, -1)).shape
