# fails: g2.5.attention, g2.5.total
# says: hundreds of digits
# says: not a number
# misconception: g2_5.number-without-end
# %% G2.5
n_attention = 10**5000
n_mlp = 4722432
n_block = 7086336
n_blocks = 85036032
n_wte = 38633472
n_total = "9" * 6000
