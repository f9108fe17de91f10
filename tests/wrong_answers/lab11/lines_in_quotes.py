# fails: g1.1.lines
# says: not in the corpus
# misconception: g1_1.quotes-around-the-texts
# %% G1.1
uts = [repr(u.text) for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
