"""The commands of `tocsin-netsim`, one file each; `netsim/cli.py` registers them."""
