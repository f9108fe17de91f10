# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.all-six
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id in CHARACTERS]
