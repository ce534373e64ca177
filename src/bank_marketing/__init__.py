"""Marketing decisions for a bank: from raw files to scores and lists."""
