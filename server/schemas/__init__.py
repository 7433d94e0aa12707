"""JSON of the API, which the command line and assistants give as well."""
