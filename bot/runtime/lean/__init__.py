"""What is changed in Rasa 3.6.21 to serve and train faster: a module for each, with an `apply` that makes the change.

The change of a module is told in `bot.settings.Change`; bot/runtime/changes.py makes those that the settings want.
"""
