# fails: g2.2.shape
# says: one sequence
# misconception: g2_2.batch-axis-missing
# %% G2.2
x_shape = ("t", "n_embd")
