"""XML signatures of CAP alerts (CAP 1.2 §3.3.2.1): verified on the way in, made on the way out."""
