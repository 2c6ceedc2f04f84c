"""What parts share: programs, containers, pods and machines to run the service on, and clients that try it."""
