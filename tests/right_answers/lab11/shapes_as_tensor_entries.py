# %% G2.2
x_shape = tuple(torch.tensor([4, 10, 768]))
# %% G2.3
scores_shape = np.array([1, 1, 10, 10])
