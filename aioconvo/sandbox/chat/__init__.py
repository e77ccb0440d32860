"""The chat page: write to the business as a customer, watch a bot answer, kill it, start it again."""
