# %% G2.2
x_shape = "`(b, t, n_embd)`"
# %% G2.3
scores_shape = "$(B, nh, T, T)$."
