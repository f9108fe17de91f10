# %% G2.2
x_shape = ("b", 10, "n_embd")
# %% G2.3
scores_shape = (1, "n_head", "t", 10)
