"""The real core in virtual time: hubs and devices whose sessions, rules and log are the ones that ship, between stores that
can crash and links that break at any byte. One seed is one run, the same each time."""
