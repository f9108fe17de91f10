# %% G2.2
x_shape = ["batch_size", "t", "n_embd"]
# %% G2.3
scores_shape = ["T", "T"]
