"""How the sandbox sends webhooks: to whom, what, when, whether again; and a log of it."""
