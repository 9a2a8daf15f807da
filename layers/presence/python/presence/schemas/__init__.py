"""The wire: what clients send and get. The OpenAPI description is made of these."""
