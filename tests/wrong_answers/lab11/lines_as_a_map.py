# fails: g1.1.lines
# says: not a list yet
# misconception: g1_1.not-yet-collected
# %% G1.1
mine = filter(lambda u: u.speaker.id == "Joey Tribbiani", corpus.iter_utterances())
uts = map(lambda u: u.text, mine)
