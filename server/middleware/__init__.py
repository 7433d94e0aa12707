"""What every request passes through before it is answered, as pure ASGI; `stack` has the order."""
