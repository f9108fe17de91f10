# %% G2.5
n_attention = "2,360,832"
n_mlp = "4 722 432"
n_block = "7.086.336"
n_blocks = "85'036'032"
n_wte = "38_633_472"
n_total = " 124457472 "
