"""The course's texts: for each corpus a record of its source and a `make` that writes the files.

Importing a module does nothing; `python -m data_scripts.speeches --help` says what one can do.
"""
