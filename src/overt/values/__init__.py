"""The containers that flow between stages: frozen, and checked once where they are made."""
