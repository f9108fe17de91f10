# fails: g1.1.lines
# says: something else
# misconception: g1_1.split-into-words
# %% G1.1
uts = [u.text.split() for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
