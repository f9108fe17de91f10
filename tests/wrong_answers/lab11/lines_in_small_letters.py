# fails: g1.1.lines
# says: not in the corpus
# misconception: g1_1.upper-or-lower-case
# %% G1.1
uts = [u.text.lower() + " " for u in corpus.iter_utterances() if u.speaker.id == "Phoebe Buffay"]
