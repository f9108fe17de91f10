# fails: g1.1.lines
# says: ids of utterances
# misconception: g1_1.ids-for-texts
# %% G1.1
uts = [u.id for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
