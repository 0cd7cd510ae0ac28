"""A model of TCP as Linux has it, in virtual time: what a connection costs in round trips, and what loss does to it.

    settings    the numbers of Linux             segment     what travels, and its size
    round_trip  RTT and RTO                      congestion  the window: CUBIC, Reno
    sender      what is sent when, and again     receiver    putting together, acknowledging
    end         one end of a connection          host        the ends of a machine, by connection
    tls         the round trips of TLS

What it has and what it leaves out: docs/simulation.md.
"""
