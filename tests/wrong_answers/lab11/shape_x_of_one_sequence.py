# fails: g2.2.shape
# says: more than one sequence
# misconception: g2_2.batch-of-one
# %% G2.2
x_shape = (1, 10, 768)
