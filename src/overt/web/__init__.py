"""The console: pages for the people who run, act, oversee and administer."""
