# fails: e8.shape
# says: wrong shape


def generate(self, x, max_new_tokens, temperature=1.0):
    return x
