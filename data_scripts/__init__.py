"""The course's data: for each corpus or file set a record of its source and a `make`.

    speeches         campaign speeches, for Assignment 4
    friends          dialogue in ConvoKit's format, for Lab 11
    gpt2_tokenizer   GPT-2's vocabulary, in tiktoken's cache
    gpt2_weights     GPT-2's weights, as published
    tokens           token ids on disk, memory-mapped
    encode           a text of any length to token ids, on all processors
    friends_tokens   one character's lines to token ids

Importing a module does nothing; `python -m data_scripts.friends --help` says what one can do.
"""
