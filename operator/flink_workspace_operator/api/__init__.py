"""What users write and read: the resources as pydantic models, the only source of the CRDs."""
