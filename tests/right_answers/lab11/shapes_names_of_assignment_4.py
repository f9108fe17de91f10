# %% G2.2
x_shape = ("N", "T", "D")
# %% G2.3
scores_shape = ("N", "h", "T", "T")
