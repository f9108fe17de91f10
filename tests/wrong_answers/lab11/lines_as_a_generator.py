# fails: g1.1.lines
# says: not a list yet
# misconception: g1_1.not-yet-collected
# %% G1.1
uts = (u.text for u in corpus.iter_utterances() if u.speaker.id == "Phoebe Buffay")
