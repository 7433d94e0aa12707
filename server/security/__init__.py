"""Who may do what: headers that bind browsers, and an administration behind a token."""
