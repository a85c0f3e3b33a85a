"""The API: what people do on pages, done by programs in their name."""
