"""What Jalon could not answer: kept without personal data, for whoever looks after the bot. No Rasa, no Sanic."""
