"""Long work: leases, dispatch, recovery."""
