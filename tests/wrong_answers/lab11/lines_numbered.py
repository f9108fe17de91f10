# fails: g1.1.lines
# says: not in the corpus
# misconception: g1_1.added-to-each-text
# %% G1.1
character = "Joey Tribbiani"
mine = (u for u in corpus.iter_utterances() if u.speaker.id == character)
uts = [f"{number}. {u.text}" for number, u in enumerate(mine, start=1)]
