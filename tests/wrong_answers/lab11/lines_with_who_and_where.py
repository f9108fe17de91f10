# fails: g1.1.lines
# says: something else
# misconception: g1_1.several-things-for-each-line
# %% G1.1
uts = [(u.speaker.id, u.conversation_id, u.text) for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
