"""The session: two logs mirrored, a sender and a receiver at each end, without I/O."""
