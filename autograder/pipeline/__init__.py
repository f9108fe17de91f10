"""From submitted notebooks to marks: nbgrader's hook and the parallel runner."""
