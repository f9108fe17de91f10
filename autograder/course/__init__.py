"""What an instructor decides about a course: its configuration, its roster, and final marks."""
