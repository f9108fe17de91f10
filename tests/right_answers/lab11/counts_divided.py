# %% G2.5
n_attention = 8 * 768**2 / 2 + 2 * 768
n_mlp = 16 * 768**2 / 2 + 5 * 768
n_block = n_attention + n_mlp + 4 * 768
n_blocks = n_block / (1 / 12)
n_wte = 100608 / 2 * 768
n_total = round(n_blocks) + n_wte + 1024 * 768 + 2 * 768
