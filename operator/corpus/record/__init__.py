"""Records the traces of `operator/corpus/traces` from real Jupyter servers, kernels, terminals and processes."""
