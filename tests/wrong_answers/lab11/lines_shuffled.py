# fails: g1.1.lines
# says: another order
# misconception: g1_1.order-lost
# %% G1.1
import random
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
random.Random(3).shuffle(uts)
