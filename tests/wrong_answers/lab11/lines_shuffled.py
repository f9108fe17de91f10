# fails: g1.1.lines
# says: another order
# %% G1.1
import random
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
random.Random(3).shuffle(uts)
