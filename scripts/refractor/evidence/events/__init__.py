"""What a rule of the knowledge base asks of a tumour, one module a kind of event."""
