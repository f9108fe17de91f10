# fails: g2.3.shape
# says: not over positions
# misconception: g2_3.summed-over-positions
# %% G2.3
q = k = torch.randn(1, 1, 10, 768)
scores_shape = (q.transpose(-2, -1) @ k).shape
