"""Tags of audio files: the codes in them, read without the sound and within bounds."""
