# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.answers-to-the-character
# %% G1.1
asked = [u.id for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
uts = [u.text for u in corpus.iter_utterances() if u.reply_to in asked]
