"""How a report looks: pages, PDF and charts. No number is made here."""
