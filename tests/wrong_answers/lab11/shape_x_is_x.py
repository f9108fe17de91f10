# fails: g2.2.shape
# says: its shape is asked
# misconception: g2_2.tensor-for-its-shape
# %% G2.2
x_shape = torch.zeros(4, 10, 768)
