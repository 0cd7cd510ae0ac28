"""The commands of `tocsin-field`, one file each."""
