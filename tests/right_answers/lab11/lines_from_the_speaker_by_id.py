# %% G1.1
speaker = corpus.get_speaker("Rachel Green")
uts = [u.text for u in sorted(speaker.iter_utterances(), key=lambda u: u.id)]
