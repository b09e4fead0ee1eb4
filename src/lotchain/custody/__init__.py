"""What a subject's state is and how it moves: lots, parties, keys, the charter, consignments, findings. Pure."""
