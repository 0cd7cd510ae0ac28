"""The text behind the dictionary that ships with Tocsin: phrases in eight languages, and realistic alerts made from them."""
