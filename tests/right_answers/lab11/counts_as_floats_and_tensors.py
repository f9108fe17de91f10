# %% G2.5
n_attention = 2.360832e6
n_mlp = torch.tensor(4722432)
n_block = np.float64(7086336)
n_blocks = np.int64(85036032)
n_wte = torch.tensor([38633472])
n_total = 124457472.0
