"""Drawn pages whose order and structure are known, and how an answer for one is judged."""
