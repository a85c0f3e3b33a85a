"""How many people the console serves at once, and how many alerts a second.

python -m benchmarks.load [--viewers 200] [--rate 50] [--minutes 10]
"""
