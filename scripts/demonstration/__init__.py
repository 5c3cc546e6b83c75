"""What `scripts/demo.py` shows: the stage, the story, the attempts to count twice."""
