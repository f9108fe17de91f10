# %% G1.1
WHO = "Joey Tribbiani"
uts = list(map(lambda u: u.text, corpus.iter_utterances(lambda u: u.speaker.id == WHO)))
