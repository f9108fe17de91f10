# fails: g1.1.lines
# says: did you mean 'Monica Geller'
# %% G1.1
character = "Monica Geler"
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == character]
