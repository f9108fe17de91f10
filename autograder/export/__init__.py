"""Final marks as the files that learning management systems import, one module for each."""
