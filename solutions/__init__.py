"""Reference solutions. They import neither the autograder nor each other's assignments."""
