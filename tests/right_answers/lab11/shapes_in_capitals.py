# %% G2.2
x_shape = ("B", "T", "C")
# %% G2.3
scores_shape = ("B", "nh", "T", "T")
