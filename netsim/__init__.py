"""Bad networks on demand: Toxiproxy, packets, and a simulation in virtual time."""
