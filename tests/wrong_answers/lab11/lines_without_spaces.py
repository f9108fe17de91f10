# fails: g1.1.lines
# says: not as
# misconception: g1_1.white-space-changed
# %% G1.1
uts = [u.text.replace(" ", "") for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
