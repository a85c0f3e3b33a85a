"""Logging in by an organisation's own service (OpenID Connect); needs the extra `oidc`."""
