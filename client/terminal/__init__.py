"""What the commands show: words, tables, pages, and the live view."""
