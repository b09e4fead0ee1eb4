"""Reading another's log over HTTP: the port `LogSource` over tiles, trusting nothing that comes."""
