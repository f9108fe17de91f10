"""Warm processes that execute a notebook's cells; they know nothing of the course."""
