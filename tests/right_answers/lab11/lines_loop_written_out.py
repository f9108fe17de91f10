# %% G1.1
uts = []
for utterance in corpus.iter_utterances():
    if utterance.speaker.id == "Phoebe Buffay":
        uts.append(utterance.text)
