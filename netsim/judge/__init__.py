"""What must always hold, judged from plain data: nothing of the programs under test is imported here."""
