# fails: g2.3.shape
# says: write the shape down after each
# misconception: g2_3.scores-between-heads
# %% G2.3
q = k = torch.randn(1, 10, 1, 768)
scores_shape = tuple((q @ k.transpose(-2, -1)).shape)
