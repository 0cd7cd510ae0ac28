"""CAP 1.2, the alert model that national alert systems exchange: values, rules, XML in and out."""
