"""What goes wrong in the field, each thing a small object that begins and ends: `table.py` has them by name."""
