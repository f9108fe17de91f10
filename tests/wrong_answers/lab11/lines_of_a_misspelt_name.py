# fails: g1.1.lines
# says: did you mean 'Monica Geller'
# misconception: g1_1.name-of-nobody
# %% G1.1
character = "Monica Geler"
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == character]
