# fails: g1.1.lines
# says: only once
# misconception: g1_1.each-text-once, g1_1.sorted
# %% G1.1
uts = sorted(set([u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]))
