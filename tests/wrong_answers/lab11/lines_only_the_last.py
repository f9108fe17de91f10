# fails: g1.1.lines
# says: are missing
# misconception: g1_1.first-ones-missing
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"][-12:]
