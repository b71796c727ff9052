"""What a message asks, once the conversation is known."""
