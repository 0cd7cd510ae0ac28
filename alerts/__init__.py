"""The shared core: values and pure state machines, without sockets, files, threads, clocks or randomness of its own."""
