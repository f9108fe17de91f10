# %% G2.2
x_shape = "4x10x768"
# %% G2.3
scores_shape = "1×1×10×10"
