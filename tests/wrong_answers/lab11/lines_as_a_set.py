# fails: g1.1.lines
# says: not a list
# misconception: g1_1.set-for-a-list
# %% G1.1
uts = {u.text for u in corpus.iter_utterances() if u.speaker.id == "Phoebe Buffay"}
