# fails: g2.2.shape
# says: axes
# misconception: g2_2.batch-axis-missing, g2_2.width-of-the-vocabulary
# %% G2.2
x_shape = (10, 50304)
