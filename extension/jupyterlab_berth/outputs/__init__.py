"""Nothing printed is lost while the browser is away: what cells print is kept until a page has it and has saved it."""
