"""Who gets what on which channel: problems, plans and what is said of them."""
