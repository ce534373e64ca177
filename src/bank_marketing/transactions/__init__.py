"""Bank customers: who spends what with which card."""
