# fails: g1.1.lines
# says: empty utterances are missing
# misconception: g1_1.empty-lines-left-out, g1_1.order-lost
# %% G1.1
import random
uts = [line for line in [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"] if line]
random.Random(2).shuffle(uts)
