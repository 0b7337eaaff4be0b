"""The resources that users write and read, as pydantic models: the only source of the CRDs."""
