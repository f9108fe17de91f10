# %% G2.2
x_shape = (4, 10, 768)
# %% G2.3
scores_shape = (1, 1, 10, 10)
