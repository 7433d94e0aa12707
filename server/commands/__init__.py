"""The command `diance`: one module a group of commands."""
