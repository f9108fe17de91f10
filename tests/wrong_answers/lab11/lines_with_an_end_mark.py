# fails: g1.1.lines
# says: not in the corpus
# misconception: g1_1.end-mark-added
# %% G1.1
uts = [u.text + "<|endoftext|>" for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
