"""Model bundles and the networks in them: found, converted, checked, run."""
