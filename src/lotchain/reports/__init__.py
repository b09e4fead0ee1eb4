"""Papers and labels: what is printed of verdicts and lots. Content comes in; nothing is judged here."""
