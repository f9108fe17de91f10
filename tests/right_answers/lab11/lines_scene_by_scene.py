# %% G1.1
uts = []
for conversation in corpus.iter_conversations():
    for id in conversation.get_utterance_ids():
        u = corpus.get_utterance(id)
        if u.speaker.id == "Phoebe Buffay":
            uts += [u.text]
