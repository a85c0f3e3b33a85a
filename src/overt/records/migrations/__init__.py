"""How a record's tables came to be what they are: one step for each schema version (Alembic).

A step is never changed once a version of overt was released with it: it says what to do with the
tables and events as they were then, and so it imports nothing of overt.
"""
