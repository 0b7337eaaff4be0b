"""Pages that are made from the code: `make docs` writes them, `make check` compares them."""
