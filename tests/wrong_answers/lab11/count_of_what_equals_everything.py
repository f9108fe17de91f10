# fails: g2.5.total
# says: an object of type Same
# misconception: none
# %% G2.5
class Same:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


n_attention = 2360832
n_mlp = 4722432
n_block = 7086336
n_blocks = 85036032
n_wte = 38633472
n_total = Same()
