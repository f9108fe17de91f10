# %% G2.2
x_shape = torch.Size([4, 10, 768])
# %% G2.3
scores_shape = torch.Size((10, 10))
