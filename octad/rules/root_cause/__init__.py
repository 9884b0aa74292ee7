"""What an incident came from."""
