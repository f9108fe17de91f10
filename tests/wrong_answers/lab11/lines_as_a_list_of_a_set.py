# fails: g1.1.lines
# says: only once
# misconception: g1_1.set-for-a-list
# %% G1.1
import random
kept = sorted({u.text for u in corpus.iter_utterances() if u.speaker.id == "Joey Tribbiani"})
random.Random(1).shuffle(kept)
uts = kept
