"""The commands of `tocsin-hub`, one file each; server/cli.py registers them."""
