"""Servers that stand in front of another and spoil it as the field's networks do: portals, proxies, wrong certificates."""
