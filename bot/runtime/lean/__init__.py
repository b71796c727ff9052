"""Changes to Rasa 3.6.21 that make it serve and train faster: one module for each, with a function `apply`.

`bot.settings.Change` names them; bot/runtime/changes.py applies those that the settings select.
"""
