# %% G2.2
x_shape = (np.int64(4), np.int32(10), np.uint16(768))
# %% G2.3
scores_shape = np.array([1, 1, 10, 10])
