"""Programs in namespaces of their own, which end together and leave nothing behind. Used by `node`
and `kind`."""
