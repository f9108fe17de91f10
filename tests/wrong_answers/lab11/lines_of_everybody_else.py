# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.everybody-else
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if not u.speaker.id == "Ross Geller"]
