"""The hub's HTTP API: routes, handlers, problem details, and the limits of the server that carries them."""
