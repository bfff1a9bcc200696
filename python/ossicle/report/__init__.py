"""What was learnt, proven and measured, for people: scores, parity, one page, one JSON file."""
