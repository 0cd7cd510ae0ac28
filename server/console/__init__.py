"""The console: pages for people, a client of the API like any other. Python serves its files, and no more."""
