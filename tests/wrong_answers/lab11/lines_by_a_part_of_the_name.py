# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.part-of-the-name
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if "Rachel" in u.speaker.id or "Joey" in u.speaker.id and False]
