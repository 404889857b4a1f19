"""A package, so that its modules never meet those of other test folders in the same run of pytest."""
