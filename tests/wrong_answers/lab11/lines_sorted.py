# fails: g1.1.lines
# says: another order
# misconception: g1_1.sorted
# %% G1.1
uts = sorted(u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller")
