# fails: g1.1.lines
# says: speaker.id
# says: is empty
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker == "Ross Geller"]
