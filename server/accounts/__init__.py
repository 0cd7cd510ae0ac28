"""People: their accounts and passwords, signing in, sessions."""
