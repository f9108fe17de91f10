"""Stands in for the module that Google Colab's kernels have loaded; says what was asked of it."""
