# %% G2.5
n_attention = "2360832.0"
n_mlp = "4,722,432.0"
n_block = "7.086336e6"
n_blocks = "85_036_032"
n_wte = " 38 633 472\n"
n_total = "124’457’472"
