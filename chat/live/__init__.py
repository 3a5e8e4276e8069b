"""Following conversations as they grow: over WebSockets and server-sent events, in one process."""
