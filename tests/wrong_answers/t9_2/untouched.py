# fails: t9.2.shape
# says: not written
# misconception: none
def rotate(x):
    raise NotImplementedError()
