"""The course's texts: one module per corpus, each a record of its source and a `make` that writes the files.

Importing a module here does nothing; `python -m data_scripts.speeches --help` says what it can do.
"""
