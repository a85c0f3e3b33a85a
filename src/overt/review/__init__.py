"""What people do: the life cycles of a deployment and of an alert, and the verbs for both."""
