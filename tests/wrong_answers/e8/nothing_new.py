# fails: e8.shape
# says: wrong shape
# misconception: e8.nothing-new


def generate(self, x, max_new_tokens, temperature=1.0):
    return x
