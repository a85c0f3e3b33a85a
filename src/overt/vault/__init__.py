"""What belongs to a person, sealed: the key is the data's life, and without it they are gone."""
