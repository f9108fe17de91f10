# fails: g1.1.lines
# says: is empty
# misconception: g1_1.nothing-let-through
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker == "Monica Geller"]
