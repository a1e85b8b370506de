"""One function per subcommand: options and context in, report out."""
