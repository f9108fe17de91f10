# %% G2.2
b, t, n_embd = "b", "t", "n_embd"
x_shape = (b, t, n_embd)
# %% G2.3
B, T, one_head = 1, 10, 1
scores_shape = (B, one_head, T, T)
