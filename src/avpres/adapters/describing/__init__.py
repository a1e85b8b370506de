"""Describing files in processes of their own, where hostile input can do no harm."""
