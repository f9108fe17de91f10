"""What people read: notebook tables, feedback pages, the class report."""
