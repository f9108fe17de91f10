# fails: g2.3.shape
# says: its shape is asked
# misconception: g2_3.tensor-for-its-shape
# %% G2.3
scores_shape = torch.zeros(1, 1, 10, 10)
