"""The activity agent: it looks, keeps what it saw, and carries out what its judge says. It decides nothing itself."""
