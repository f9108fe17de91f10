"""Demonstrations with controls, which leave a picture behind wherever controls cannot be shown."""

from autograder.notebook.interactive.panels import attention, neighbours, next_token, temperature
from autograder.notebook.interactive.reading import embedding_table

__all__ = ["attention", "embedding_table", "neighbours", "next_token", "temperature"]
