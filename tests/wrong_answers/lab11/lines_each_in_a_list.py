# fails: g1.1.lines
# says: no list around it
# misconception: g1_1.list-around-each-line
# %% G1.1
uts = [[u.text] for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
