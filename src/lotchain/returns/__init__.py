"""Returns: the rows of the reports that handlers and authorities send. Pure: fed judged statements, gives tables."""
